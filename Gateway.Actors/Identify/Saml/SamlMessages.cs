using System.IO.Compression;
using System.Text;
using System.Xml;

namespace Gateway.Actors.Identify.Saml;

/// <summary>What the gateway itself writes: the request for a login, and its own metadata.</summary>
static class SamlMessages
{
    /// <summary>
    /// The provider's address with a request for a login in it: HTTP-Redirect binding, DEFLATE encoding (SAML 2.0 bindings section 3.4.4.1).
    /// </summary>
    public static string LoginAddress(string singleSignOn, string requestId, string destination, SamlService service, DateTimeOffset now)
    {
        var deflated = new MemoryStream();
        using (var deflate = new DeflateStream(deflated, CompressionLevel.Optimal, leaveOpen: true)) deflate.Write(Request(requestId, destination, service, now));
        var request = Uri.EscapeDataString(Convert.ToBase64String(deflated.ToArray()));
        return $"{singleSignOn}{(singleSignOn.Contains('?', StringComparison.Ordinal) ? '&' : '?')}SAMLRequest={request}";
    }

    /// <summary>What a provider needs to know of this gateway (SAML 2.0 metadata section 2.4.4).</summary>
    public static byte[] Metadata(SamlService service) => Write(xml =>
    {
        xml.WriteStartElement("md", "EntityDescriptor", SamlNames.Metadata);
        xml.WriteAttributeString("entityID", service.EntityId);
        xml.WriteStartElement("md", "SPSSODescriptor", SamlNames.Metadata);
        xml.WriteAttributeString("protocolSupportEnumeration", SamlNames.Protocol);
        xml.WriteAttributeString("AuthnRequestsSigned", "false");
        xml.WriteAttributeString("WantAssertionsSigned", "true");
        xml.WriteStartElement("md", "AssertionConsumerService", SamlNames.Metadata);
        xml.WriteAttributeString("Binding", SamlNames.PostBinding);
        xml.WriteAttributeString("Location", service.ConsumerUrl);
        xml.WriteAttributeString("index", "0");
        xml.WriteAttributeString("isDefault", "true");
    });

    // SAML 2.0 core section 3.4.1.
    static byte[] Request(string id, string destination, SamlService service, DateTimeOffset now) => Write(xml =>
    {
        xml.WriteStartElement("samlp", "AuthnRequest", SamlNames.Protocol);
        xml.WriteAttributeString("ID", id);
        xml.WriteAttributeString("Version", "2.0");
        xml.WriteAttributeString("IssueInstant", now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture));
        xml.WriteAttributeString("Destination", destination);
        xml.WriteAttributeString("ProtocolBinding", SamlNames.PostBinding);
        xml.WriteAttributeString("AssertionConsumerServiceURL", service.ConsumerUrl);
        xml.WriteElementString("saml", "Issuer", SamlNames.Assertion, service.EntityId);
    });

    static byte[] Write(Action<XmlWriter> content)
    {
        var written = new MemoryStream();
        using (var xml = XmlWriter.Create(written, new XmlWriterSettings { Encoding = new UTF8Encoding(false), OmitXmlDeclaration = true }))
        {
            content(xml);
            xml.WriteEndDocument();
        }

        return written.ToArray();
    }
}

/// <summary>What this gateway is called by one provider.</summary>
public sealed record SamlService(string PublicUrl, string Provider)
{
    string Base => $"{PublicUrl}/saml/{Provider}";

    public string EntityId => $"{Base}/metadata";

    public string ConsumerUrl => $"{Base}/acs";

    public string LoginUrl => $"{Base}/login";

    /// <summary>The issuer of the tokens that people of this provider get.</summary>
    public string Issuer => Base;
}

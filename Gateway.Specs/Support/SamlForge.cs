using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography.Xml;
using System.Text;
using System.Xml;
using Gateway.Actors.Identify.Saml;

namespace Gateway.Specs.Support;

/// <summary>What a response is to say; the defaults make a sound one for alice. A null part is left out.</summary>
public sealed record SamlContent
{
    public string? Destination { get; init; } = SamlForge.Consumer;

    public string? Recipient { get; init; } = SamlForge.Consumer;

    public string? InResponseTo { get; init; } = SamlForge.Request;

    public string? ConfirmedInResponseTo { get; init; } = SamlForge.Request;

    public string Issuer { get; init; } = SamlForge.Provider;

    public string AssertionIssuer { get; init; } = SamlForge.Provider;

    public string Audience { get; init; } = $"<saml:AudienceRestriction><saml:Audience>{SamlForge.Entity}</saml:Audience></saml:AudienceRestriction>";

    public string Status { get; init; } = """<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/>""";

    public string NameId { get; init; } = "<saml:NameID>alice</saml:NameID>";

    public string Method { get; init; } = "urn:oasis:names:tc:SAML:2.0:cm:bearer";

    public string MoreConfirmation { get; init; } = "";

    public string Groups { get; init; } = "<saml:AttributeValue>telemetry</saml:AttributeValue>";

    public string Statement { get; init; } = """<saml:AuthnStatement AuthnInstant="2026-01-31T08:00:00Z"/>""";

    public string Extensions { get; init; } = "";

    public string Version { get; init; } = "2.0";

    public string Issued { get; init; } = "2026-01-31T08:00:00Z";

    public string NotBefore { get; init; } = "2026-01-31T07:59:00Z";

    public string? NotOnOrAfter { get; init; } = "2026-01-31T08:05:00.000Z";

    public string? ConfirmedUntil { get; init; } = "2026-01-31T08:05:00Z";
}

/// <summary>How something is signed; the defaults are sound.</summary>
public sealed record SamlSigning
{
    public string Method { get; init; } = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";

    public string Digest { get; init; } = "http://www.w3.org/2001/04/xmlenc#sha256";

    public string Canonical { get; init; } = SignedXml.XmlDsigExcC14NTransformUrl;

    public IReadOnlyList<Transform> Transforms { get; init; } = [new XmlDsigEnvelopedSignatureTransform(), new XmlDsigExcC14NTransform()];

    /// <summary>Null: the provider's.</summary>
    public X509Certificate2? By { get; init; }
}

/// <summary>A SAML provider that signs whatever a spec wants signed, and puts together again what it signed in ways nobody should accept.</summary>
public sealed class SamlForge
{
    public const string Provider = "https://idp.example.org/metadata";
    public const string Consumer = "https://gateway.example.org:8443/saml/corp/acs";
    public const string Entity = "https://gateway.example.org:8443/saml/corp/metadata";
    public const string Request = "_5f0c";

    /// <summary>The time at which the default response is sound.</summary>
    public static readonly DateTimeOffset Now = new(2026, 1, 31, 8, 1, 0, TimeSpan.Zero);

    // Keys take time to make: one set for all specs.
    static readonly X509Certificate2 s_certificate = SelfSigned(RSA.Create(2048));
    static readonly X509Certificate2 s_elliptic = SelfSigned(ECDsa.Create(ECCurve.NamedCurves.nistP384));
    static readonly X509Certificate2 s_stranger = SelfSigned(RSA.Create(2048));

    public X509Certificate2 Certificate => s_certificate;

    /// <summary>A provider that signs with an elliptic curve.</summary>
    public X509Certificate2 Elliptic => s_elliptic;

    public X509Certificate2 Stranger => s_stranger;

    public SamlExpectations Expected => new()
    {
        Issuer = Provider,
        Certificates = [Elliptic, Certificate],
        Audience = Entity,
        Recipient = Consumer,
        InResponseTo = Request,
        GroupsAttribute = "groups",
        ClockSkew = TimeSpan.FromSeconds(30),
    };

    /// <summary>A response whose assertion is signed.</summary>
    public XmlDocument Sound(SamlContent? content = null, SamlSigning? signing = null)
    {
        var document = Load(Xml(content ?? new SamlContent()));
        Sign(Assertion(document), signing);
        return document;
    }

    /// <summary>A response that is signed as a whole.</summary>
    public XmlDocument SoundWhole(SamlContent? content = null)
    {
        var document = Load(Xml(content ?? new SamlContent()));
        Sign(document.DocumentElement!);
        return document;
    }

    /// <summary>A response whose assertion is signed by <see cref="Elliptic"/>, which the library cannot do by itself.</summary>
    public XmlDocument SoundElliptic(string method, HashAlgorithmName digest)
    {
        var document = Sound();
        var info = (XmlElement)Signature(document).FirstChild!;
        ((XmlElement)info.GetElementsByTagName("SignatureMethod", SignedXml.XmlDsigNamespaceUrl)[0]!).SetAttribute("Algorithm", method);
        var canonical = new XmlDsigExcC14NTransform();
        canonical.LoadInput(Load(info.OuterXml));
        using var bytes = new MemoryStream();
        ((Stream)canonical.GetOutput(typeof(Stream))).CopyTo(bytes);
        using var key = Elliptic.GetECDsaPrivateKey()!;
        Signature(document).ChildNodes[1]!.InnerText = Convert.ToBase64String(key.SignData(bytes.ToArray(), digest));
        return document;
    }

    public static XmlDocument Load(string xml)
    {
        var document = new XmlDocument { PreserveWhitespace = true };
        document.LoadXml(xml);
        return document;
    }

    public static byte[] Bytes(XmlDocument document) => Encoding.UTF8.GetBytes(document.OuterXml);

    public static XmlElement Assertion(XmlDocument document) => (XmlElement)document.GetElementsByTagName("Assertion", "urn:oasis:names:tc:SAML:2.0:assertion")[0]!;

    public static XmlElement Signature(XmlDocument document) => (XmlElement)document.GetElementsByTagName("Signature", SignedXml.XmlDsigNamespaceUrl)[0]!;

    /// <summary>Puts an enveloped signature behind the element's issuer.</summary>
    public void Sign(XmlElement element, SamlSigning? signing = null)
    {
        var how = signing ?? new SamlSigning();
        var certificate = how.By ?? Certificate;
        var signer = new ById(element) { SigningKey = (AsymmetricAlgorithm?)certificate.GetRSAPrivateKey() ?? certificate.GetECDsaPrivateKey() };
        signer.SignedInfo!.CanonicalizationMethod = how.Canonical;
        signer.SignedInfo.SignatureMethod = how.Method;
        var reference = new Reference($"#{element.GetAttribute("ID")}") { DigestMethod = how.Digest };
        foreach (var transform in how.Transforms) reference.AddTransform(transform);
        signer.AddReference(reference);
        signer.KeyInfo = new KeyInfo();
        signer.KeyInfo.AddClause(new KeyInfoX509Data(certificate));
        signer.ComputeSignature();
        element.InsertAfter(element.OwnerDocument.ImportNode(signer.GetXml(), true), element.FirstChild);
    }

    public static string Xml(SamlContent content) => $"""
        <samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_response" Version="{content.Version}" IssueInstant="2026-01-31T08:00:00Z"{Attribute("Destination", content.Destination)}{Attribute("InResponseTo", content.InResponseTo)}><saml:Issuer>{content.Issuer}</saml:Issuer>{content.Extensions}<samlp:Status>{content.Status}</samlp:Status>
        <saml:Assertion ID="_assertion" Version="{content.Version}" IssueInstant="{content.Issued}"><saml:Issuer>{content.AssertionIssuer}</saml:Issuer><saml:Subject>{content.NameId}<saml:SubjectConfirmation Method="{content.Method}"><saml:SubjectConfirmationData{Attribute("NotOnOrAfter", content.ConfirmedUntil)}{Attribute("Recipient", content.Recipient)}{Attribute("InResponseTo", content.ConfirmedInResponseTo)}{content.MoreConfirmation}/></saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="{content.NotBefore}"{Attribute("NotOnOrAfter", content.NotOnOrAfter)}>{content.Audience}</saml:Conditions>{content.Statement}<saml:AttributeStatement><saml:Attribute Name="groups">{content.Groups}</saml:Attribute></saml:AttributeStatement></saml:Assertion></samlp:Response>
        """;

    static string Attribute(string name, string? value) => value is null ? "" : $" {name}=\"{value}\"";

    static X509Certificate2 SelfSigned(RSA key)
    {
        using (key)
        {
            var request = new CertificateRequest("CN=idp", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            return request.CreateSelfSigned(Now.AddYears(-1), Now.AddYears(9));
        }
    }

    static X509Certificate2 SelfSigned(ECDsa key)
    {
        using (key)
        {
            var request = new CertificateRequest("CN=idp", key, HashAlgorithmName.SHA256);
            return request.CreateSelfSigned(Now.AddYears(-1), Now.AddYears(9));
        }
    }

    sealed class ById(XmlElement element) : SignedXml(element.OwnerDocument)
    {
        public override XmlElement? GetIdElement(XmlDocument? document, string idValue) => element;
    }
}

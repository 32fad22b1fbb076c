using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Actors.Identify;

/// <summary>
/// The subject alternative names of a certificate that can name a client, in the certificate's order. Layout (RFC 5280 section 4.2.1.6):
/// <c>SEQUENCE OF CHOICE { [1] rfc822Name IA5String, [2] dNSName IA5String, [6] uniformResourceIdentifier IA5String, ... }</c>.
/// </summary>
sealed record AlternativeNames(IReadOnlyList<string> Uris, IReadOnlyList<string> DnsNames, IReadOnlyList<string> Emails)
{
    const string Extension = "2.5.29.17";

    static readonly Asn1Tag s_email = new(TagClass.ContextSpecific, 1);
    static readonly Asn1Tag s_dns = new(TagClass.ContextSpecific, 2);
    static readonly Asn1Tag s_uri = new(TagClass.ContextSpecific, 6);

    /// <summary>The first URI, else the first DNS name in lower case, else the first e-mail address; null when there is none.</summary>
    public string? First => this switch
    {
        { Uris: [var uri, ..] } => uri,
        { DnsNames: [var dns, ..] } => dns.ToLowerInvariant(),
        { Emails: [var email, ..] } => email,
        _ => null,
    };

    /// <exception cref="CryptographicException">They cannot be decoded.</exception>
    public static AlternativeNames Of(X509Certificate2 certificate)
    {
        List<string> uris = [], dnsNames = [], emails = [];
        foreach (var extension in certificate.Extensions.Where(e => e.Oid?.Value == Extension))
        {
            try
            {
                Read(extension.RawData, uris, dnsNames, emails);
            }
            catch (AsnContentException fault)
            {
                throw new CryptographicException("malformed subject alternative names", fault);
            }
        }

        return new(uris, dnsNames, emails);
    }

    static void Read(byte[] extension, List<string> uris, List<string> dnsNames, List<string> emails)
    {
        var names = new AsnReader(extension, AsnEncodingRules.DER).ReadSequence();
        while (names.HasData)
        {
            var tag = names.PeekTag();
            if (tag == s_uri) uris.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, s_uri));
            else if (tag == s_dns) dnsNames.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, s_dns));
            else if (tag == s_email) emails.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, s_email));
            else names.ReadEncodedValue();
        }
    }
}

using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Gateway.Actors.Certificates.Acme;

/// <summary>The certificate that answers a challenge of tls-alpn-01. RFC 8737 section 3. It proves nothing to anybody else: nobody issued it.</summary>
static class ChallengeCertificate
{
    const string AcmeIdentifierExtension = "1.3.6.1.5.5.7.1.31";

    /// <summary>For one challenge, with a key of its own that exists nowhere else.</summary>
    public static X509Certificate2 For(PendingChallenge challenge, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=ACME challenge", key, HashAlgorithmName.SHA256);
        var name = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(challenge.Name, out var address)) name.AddIpAddress(address);
        else name.AddDnsName(challenge.Name);
        request.CertificateExtensions.Add(name.Build());
        var content = new AsnWriter(AsnEncodingRules.DER);
        content.WriteOctetString(SHA256.HashData(Encoding.ASCII.GetBytes(challenge.KeyAuthorization)));
        request.CertificateExtensions.Add(new X509Extension(AcmeIdentifierExtension, content.Encode(), critical: true));
        // Clocks differ.
        return request.CreateSelfSigned(now - TimeSpan.FromHours(1), now + TimeSpan.FromDays(1));
    }
}

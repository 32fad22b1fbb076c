using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Gateway.Actors.Certificates.Acme;

/// <summary>A certificate and those that lead to its root, as a server sent them (RFC 8555 section 7.4.2, RFC 8555 section 9.1). Pure.</summary>
static class AcmeChain
{
    public const string MediaType = "application/pem-certificate-chain";

    /// <summary>The chain in DER, the certificate first. Nothing but certificates is taken: not what is written around them, and no key.</summary>
    public static IReadOnlyList<byte[]> Read(AcmeAnswer answer)
    {
        if (answer.ContentType != MediaType) throw new AcmeException($"the certificate is sent as \"{AcmeText.Printable(answer.ContentType, 60)}\", not as {MediaType}");
        var text = Encoding.UTF8.GetString(answer.Body.Span);
        var chain = new List<byte[]>();
        var rest = text.AsSpan();
        while (PemEncoding.TryFind(rest, out var found))
        {
            if (!rest[found.Label].SequenceEqual("CERTIFICATE")) throw new AcmeException("the chain holds something else than certificates");
            if (chain.Count == AcmeLimits.Chain) throw new AcmeException($"the chain is longer than {AcmeLimits.Chain} certificates");
            chain.Add(Convert.FromBase64String(rest[found.Base64Data].ToString()));
            rest = rest[found.Location.End..];
        }

        return chain.Count > 0 ? chain : throw new AcmeException("the chain holds no certificate");
    }

    /// <summary>Null when the first certificate is for this key and these names, and each is issued by the next; otherwise what is wrong.</summary>
    public static string? Problem(IReadOnlyList<byte[]> chain, byte[] publicKeyInfo, IReadOnlyList<string> names)
    {
        var certificates = new List<X509Certificate2>();
        try
        {
            certificates.AddRange(chain.Select(der => X509CertificateLoader.LoadCertificate(der)));
            var own = certificates[0];
            if (!own.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(publicKeyInfo)) return "the certificate is for another key";
            if (names.FirstOrDefault(name => !IsFor(own, name)) is { } missing) return $"the certificate is not for {missing}";
            for (var i = 1; i < certificates.Count; i++)
            {
                if (!certificates[i - 1].IssuerName.RawData.AsSpan().SequenceEqual(certificates[i].SubjectName.RawData)) return "the chain is out of order";
            }

            return null;
        }
        catch (CryptographicException)
        {
            return "the chain holds a certificate that cannot be read";
        }
        finally
        {
            certificates.ForEach(certificate => certificate.Dispose());
        }
    }

    /// <summary>True when the chain leads to a root of this common name.</summary>
    public static bool LeadsTo(IReadOnlyList<byte[]> chain, string root)
    {
        using var last = X509CertificateLoader.LoadCertificate(chain[^1]);
        return last.GetNameInfo(X509NameType.SimpleName, forIssuer: true) == root || last.GetNameInfo(X509NameType.SimpleName, forIssuer: false) == root;
    }

    // An extension that is no extension is a fault of the certificate, told as one above.
    static bool IsFor(X509Certificate2 certificate, string name) => certificate.MatchesHostname(name, allowWildcards: true, allowCommonName: false);
}

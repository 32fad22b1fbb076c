using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Registry;

namespace Gateway.Actors.Certificates;

/// <summary>What is read from a certificate again and again. Immutable; holds no handle.</summary>
/// <param name="Serial">Upper-case hex, as tools print it.</param>
/// <param name="Subject">Its distinguished name.</param>
/// <param name="Issuer">The distinguished name of who signed it.</param>
/// <param name="NotBefore">UTC.</param>
/// <param name="NotAfter">UTC.</param>
/// <param name="Names">The DNS names and addresses of its alternative names.</param>
/// <param name="Sha256">Of the whole certificate, lower-case hex.</param>
public sealed record CertificateFacts(
    string Serial, string Subject, string Issuer, DateTimeOffset NotBefore, DateTimeOffset NotAfter, IReadOnlyList<string> Names, string Sha256)
{
    // By the chain itself, which every state of its version shares: read once, forgotten with it.
    static readonly ConditionalWeakTable<IReadOnlyList<ReadOnlyMemory<byte>>, CertificateFacts> s_read = new();

    /// <summary>Of a version's own certificate, which is asked for each second and parsed once.</summary>
    public static CertificateFacts Of(CertificateVersion version) => s_read.GetValue(version.Chain, static chain => Of(chain[0]));

    /// <summary>Throws <see cref="CryptographicException"/> for what is no certificate.</summary>
    public static CertificateFacts Of(ReadOnlyMemory<byte> der)
    {
        using var certificate = X509CertificateLoader.LoadCertificate(der.Span);
        return Of(certificate);
    }

    public static CertificateFacts Of(X509Certificate2 certificate) => new(
        certificate.SerialNumber, certificate.Subject, certificate.Issuer, certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime(),
        NamesOf(certificate), Convert.ToHexStringLower(SHA256.HashData(certificate.RawDataMemory.Span)));

    static IReadOnlyList<string> NamesOf(X509Certificate2 certificate)
    {
        var extension = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        return extension is null ? [] : [.. extension.EnumerateDnsNames(), .. extension.EnumerateIPAddresses().Select(address => address.ToString())];
    }
}

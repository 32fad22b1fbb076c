using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Connections;
using Gateway.Actors.Tls;

namespace Gateway.Actors.Certificates;

/// <summary>
/// Judges what the gateway is to present, before anybody is shown it: chain, key, names, purpose and dates. Whoever made it, an authority of the
/// cluster's own, an ACME server, somebody's script, is not taken at their word.
/// </summary>
static class ChainCheck
{
    /// <summary>
    /// The certificate with its key, and the certificates to send along; null with a problem, which is the middle of a sentence about the
    /// certificate. The caller disposes of it.
    /// </summary>
    /// <param name="chain">DER, the certificate itself first.</param>
    /// <param name="key">PKCS #8, DER.</param>
    /// <param name="names">Names it has to be good for.</param>
    /// <param name="use">What it has to be good for; null: whatever.</param>
    /// <param name="now">The time.</param>
    /// <param name="problem">Null when there is none.</param>
    public static PresentedChain? Open(
        IReadOnlyList<ReadOnlyMemory<byte>> chain, ReadOnlySpan<byte> key, IReadOnlyList<string> names, CertificateUse? use, DateTimeOffset now, out string? problem)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            foreach (var der in chain) certificates.Add(X509CertificateLoader.LoadCertificate(der.Span));
            if (certificates.Count == 0) problem = "holds no certificate";
            else problem = Dates(certificates[0], now) ?? Purpose(certificates[0], use) ?? Names(certificates[0], names) ?? Order(certificates, now);
            if (problem is not null) return null;
            if (WithKey(certificates[0], key) is { } own) return new PresentedChain(own, [.. certificates.Skip(1)]);
            problem = "has another key than the one beside it, or one of a kind that is not used here (ECDSA, or RSA from 2048 bits on)";
            return null;
        }
        catch (CryptographicException)
        {
            problem = "cannot be read";
            return null;
        }
    }

    static string? Dates(X509Certificate2 certificate, DateTimeOffset now)
    {
        if (certificate.NotAfter.ToUniversalTime() <= now.UtcDateTime) return $"expired at {certificate.NotAfter.ToUniversalTime():u}";
        return certificate.NotBefore.ToUniversalTime() > now.UtcDateTime ? $"is valid from {certificate.NotBefore.ToUniversalTime():u} on" : null;
    }

    static string? Purpose(X509Certificate2 certificate, CertificateUse? use)
    {
        if (use is null) return null;
        var wanted = use == CertificateUse.Server ? Purposes.Server : Purposes.Client;
        var extension = certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().FirstOrDefault();
        return extension is null || extension.EnhancedKeyUsages.Cast<Oid>().Any(oid => oid.Value == wanted.Value)
            ? null
            : $"is not issued for {(use == CertificateUse.Server ? "servers" : "clients")}";
    }

    static string? Names(X509Certificate2 certificate, IReadOnlyList<string> names) =>
        names.FirstOrDefault(name => !IsFor(certificate, name)) is { } missing ? $"is not for {missing}" : null;

    static bool IsFor(X509Certificate2 certificate, string name) => name.StartsWith("*.", StringComparison.Ordinal)
        ? CertificateFacts.Of(certificate).Names.Contains(name, StringComparer.OrdinalIgnoreCase)
        : certificate.MatchesHostname(name, allowWildcards: true, allowCommonName: false) || IsAddress(certificate, name);

    static bool IsAddress(X509Certificate2 certificate, string name) =>
        IPAddress.TryParse(name, out var address) && CertificateFacts.Of(certificate).Names.Contains(address.ToString());

    /// <summary>Every certificate that is sent along vouches for the one before it.</summary>
    static string? Order(X509Certificate2Collection certificates, DateTimeOffset now)
    {
        if (certificates.Count == 1) return null;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(certificates[^1]);
        chain.ChainPolicy.ExtraStore.AddRange(certificates);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTimeIgnored = false;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        chain.Build(certificates[0]);
        // The last one need not be a root; who trusts it is the peers' matter.
        var faults = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (so, status) => so | status.Status)
            & ~(X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot);
        var isWhole = chain.ChainElements.Select(e => e.Certificate.RawDataMemory).Take(certificates.Count)
            .Zip(certificates, (built, sent) => built.Span.SequenceEqual(sent.RawDataMemory.Span)).Count(same => same) == certificates.Count;
        if (faults != X509ChainStatusFlags.NoError) return $"has a chain with a fault ({faults})";
        return isWhole ? null : "comes with certificates that do not follow one another as its chain";
    }

    static X509Certificate2? WithKey(X509Certificate2 certificate, ReadOnlySpan<byte> key)
    {
        try
        {
            if (certificate.GetECDsaPublicKey() is { } elliptic)
            {
                using (elliptic)
                using (var own = ECDsa.Create())
                {
                    own.ImportPkcs8PrivateKey(key, out var read);
                    return read == key.Length ? certificate.CopyWithPrivateKey(own) : null;
                }
            }

            using var classic = RSA.Create();
            classic.ImportPkcs8PrivateKey(key, out var length);
            return length == key.Length && classic.KeySize >= 2048 ? certificate.CopyWithPrivateKey(classic) : null;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }
}

/// <summary>A certificate with its key, and what is sent along.</summary>
sealed record PresentedChain(X509Certificate2 Certificate, X509Certificate2Collection Along);

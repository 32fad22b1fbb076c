using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Connections;

namespace Gateway.Actors.Tls;

/// <summary>The rule that a peer's certificate broke.</summary>
public enum CertificateFault
{
    None,
    Untrusted,
    Revoked,
    Expired,
    NotYetValid,
    Misused,
    NotPinned,
}

/// <summary>What the judge says of a certificate; the detail holds no text of the peer's making.</summary>
public readonly record struct CertificateFinding(CertificateFault Fault, string Detail);

/// <summary>
/// Decides whether a peer's certificate is good: chain, purpose and dates, the same for both legs. The time is an argument; the chain is
/// built by the TLS engine under <see cref="PolicyFor"/> and judged here, so that it is built once. Only what the policy was given and
/// what the peer sent is used:
/// nothing is downloaded on a stranger's word.
/// </summary>
public static class CertificateJudge
{
    const X509ChainStatusFlags RevocationUnknown = X509ChainStatusFlags.RevocationStatusUnknown | X509ChainStatusFlags.OfflineRevocation;

    /// <summary>What is judged by name; anything else means that no trust could be established.</summary>
    const X509ChainStatusFlags Named =
        X509ChainStatusFlags.NotTimeValid | X509ChainStatusFlags.Revoked | X509ChainStatusFlags.NotValidForUsage | RevocationUnknown;

    /// <summary>
    /// A policy for one handshake; it must not be shared, the engine adds the peer's intermediates to it. Without
    /// <paramref name="authorities"/> nobody is trusted, unless <paramref name="systemTrust"/> says that the system's authorities stand
    /// in.
    /// </summary>
    public static X509ChainPolicy PolicyFor(
        X509Certificate2Collection authorities, Oid purpose, DateTimeOffset now, X509RevocationMode revocation, bool systemTrust = false)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = systemTrust && authorities.Count == 0 ? X509ChainTrustMode.System : X509ChainTrustMode.CustomRootTrust,
            RevocationMode = revocation,
            RevocationFlag = X509RevocationFlag.EndCertificateOnly,
            UrlRetrievalTimeout = TimeSpan.FromSeconds(3),
            DisableCertificateDownloads = true,
            VerificationTime = now.UtcDateTime,
            VerificationTimeIgnored = false,
        };
        policy.ApplicationPolicy.Add(purpose);
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }

    /// <summary>
    /// The gravest fault of a chain that was built by <see cref="PolicyFor"/>. A revocation list that cannot be had is no fault:
    /// otherwise whoever can cut the way to it could stop every session. With <paramref name="rules"/>, one self-signed certificate may be trusted by name,
    /// and the chain must hold a pinned key.
    /// </summary>
    public static CertificateFinding Judge(X509Chain chain, TlsRules? rules = null)
    {
        var flags = X509ChainStatusFlags.NoError;
        foreach (var status in chain.ChainStatus) flags |= status.Status;
        if (chain.ChainElements.Count == 0) return new(CertificateFault.Untrusted, "no chain could be built");
        if (rules?.Trusted is { } named && IsItself(chain, named)) flags &= ~(X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain);
        if ((flags & ~Named) != 0) return new(CertificateFault.Untrusted, $"chain: {flags & ~Named}");
        if (flags.HasFlag(X509ChainStatusFlags.Revoked)) return new(CertificateFault.Revoked, "its authority revoked it");
        if (flags.HasFlag(X509ChainStatusFlags.NotTimeValid)) return Dates(chain);
        return flags.HasFlag(X509ChainStatusFlags.NotValidForUsage)
            ? new(CertificateFault.Misused, $"not issued for {chain.ChainPolicy.ApplicationPolicy[0].FriendlyName}")
            : JudgePins(chain, rules?.Pins ?? []);
    }

    // By one's fingerprint nobody else can be trusted: it is the whole certificate, its own signature included.
    static bool IsItself(X509Chain chain, string fingerprint) =>
        chain.ChainElements.Count == 1 && TlsFacts.Sha256(chain.ChainElements[0].Certificate) == fingerprint;

    static CertificateFinding JudgePins(X509Chain chain, IReadOnlyList<string> pins) =>
        pins.Count == 0 || chain.ChainElements.Any(element => pins.Contains(PinOf(element.Certificate)))
            ? default
            : new(CertificateFault.NotPinned, "no key of its chain is among the pins");

    /// <summary>SHA-256 of the certificate's public key (SubjectPublicKeyInfo), lower-case hex. RFC 7469 section 2.4.</summary>
    public static string PinOf(X509Certificate2 certificate) => Convert.ToHexStringLower(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));

    /// <summary>True when a subject alternative name says so; the common name does not count (RFC 9525 section 2).</summary>
    public static bool IsFor(X509Certificate2 certificate, string name)
    {
        try
        {
            return Uri.CheckHostName(name) != UriHostNameType.Unknown
                && certificate.MatchesHostname(name, allowWildcards: true, allowCommonName: false);
        }
        catch (CryptographicException)
        {
            return false; // The extension with the names is not well-formed.
        }
    }

    static CertificateFinding Dates(X509Chain chain)
    {
        var now = chain.ChainPolicy.VerificationTime.ToUniversalTime();
        var whose = "it";
        foreach (var element in chain.ChainElements)
        {
            var (from, until) = (element.Certificate.NotBefore.ToUniversalTime(), element.Certificate.NotAfter.ToUniversalTime());
            if (until < now) return new(CertificateFault.Expired, $"{whose} expired at {until:u}");
            if (from > now) return new(CertificateFault.NotYetValid, $"{whose} is valid from {from:u} on");
            whose = "an authority of its chain";
        }

        return new(CertificateFault.Untrusted, "the dates of its chain do not fit");
    }
}

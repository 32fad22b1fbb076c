using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Connections;
using Gateway.Actors.Tls;
using Gateway.Protocols;

namespace Gateway.Actors.Upstream;

/// <summary>
/// Judges the upstream's certificate while the handshake runs, and remembers what it found: chain, purpose and dates, then the name.
/// What the system has at hand of revocations counts; beyond that whether it is revoked is asked after the handshake.
/// </summary>
sealed class UpstreamCertificateCheck(UpstreamTarget target, DateTimeOffset now)
{
    /// <summary>Null as long as nothing is wrong.</summary>
    public Refused? Refused { get; private set; }

    /// <summary>What the upstream sent and who issued it, copies that the caller owns; null unless revocation is to be asked.</summary>
    public (X509Certificate2 Certificate, X509Certificate2? Issuer)? Verified { get; private set; }

    public X509ChainPolicy Policy() =>
        CertificateJudge.PolicyFor(target.Authorities, Purposes.Server, now, X509RevocationMode.Offline, systemTrust: target.Rules.Trusted is null);

    /// <summary>A <see cref="RemoteCertificateValidationCallback"/>.</summary>
    public bool Judge(object sender, X509Certificate? sent, X509Chain? chain, SslPolicyErrors errors)
    {
        var refused = sent is X509Certificate2 certificate && chain is not null
            ? JudgeSent(certificate, chain)
            : new Refused(Refusal.UpstreamCertificateUntrusted, "the upstream sent no certificate");
        // What it had earlier and is not good any more is no fault of what it has now.
        if (refused is null || !ReferenceEquals(sender, EarlierSession.Offer)) Refused = refused;
        return refused is null;
    }

    Refused? JudgeSent(X509Certificate2 certificate, X509Chain chain)
    {
        var (fault, detail) = CertificateJudge.Judge(chain, target.Rules);
        return fault switch
        {
            CertificateFault.None => JudgeName(certificate, chain),
            CertificateFault.Revoked => new(Refusal.UpstreamCertificateRevoked, detail),
            CertificateFault.Expired => new(Refusal.UpstreamCertificateExpired, detail),
            CertificateFault.NotYetValid => new(Refusal.UpstreamCertificateNotYetValid, detail),
            CertificateFault.Misused => new(Refusal.UpstreamCertificateMisused, detail),
            CertificateFault.NotPinned => new(Refusal.UpstreamCertificateNotPinned, detail),
            _ => new(Refusal.UpstreamCertificateUntrusted, detail),
        };
    }

    Refused? JudgeName(X509Certificate2 certificate, X509Chain chain)
    {
        if (!CertificateJudge.IsFor(certificate, target.ServerName) && !target.OtherNames.Any(name => CertificateJudge.IsFor(certificate, name)))
            return new Refused(Refusal.UpstreamNameMismatch, $"no alternative name of the certificate is {string.Join(" or ", [target.ServerName, .. target.OtherNames])}");
        if (target.Revocation.Rule == RevocationRule.None) return null;
        if (Verified is var (earlier, its))
        {
            earlier.Dispose();
            its?.Dispose();
        }

        Verified = (X509CertificateLoader.LoadCertificate(certificate.RawData), PeerChain.IssuerOf(chain));
        return null;
    }
}

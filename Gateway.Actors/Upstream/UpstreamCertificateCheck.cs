using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Connections;
using Gateway.Actors.Tls;
using Gateway.Protocols;

namespace Gateway.Actors.Upstream;

/// <summary>
/// Judges the upstream's certificate while the handshake runs, and remembers what it found: chain, purpose and dates, then the name.
/// Revocation is asked of what the system has at hand; nothing is fetched while a client waits.
/// </summary>
sealed class UpstreamCertificateCheck(UpstreamTarget target, DateTimeOffset now)
{
    /// <summary>Null as long as nothing is wrong.</summary>
    public Refused? Refused { get; private set; }

    public X509ChainPolicy Policy() =>
        CertificateJudge.PolicyFor(target.Authorities, Purposes.Server, now, X509RevocationMode.Offline, systemTrust: true);

    /// <summary>A <see cref="RemoteCertificateValidationCallback"/>.</summary>
    public bool Judge(object sender, X509Certificate? sent, X509Chain? chain, SslPolicyErrors errors)
    {
        Refused = sent is X509Certificate2 certificate && chain is not null
            ? JudgeSent(certificate, chain)
            : new Refused(Refusal.UpstreamCertificateUntrusted, "the upstream sent no certificate");
        return Refused is null;
    }

    Refused? JudgeSent(X509Certificate2 certificate, X509Chain chain)
    {
        var (fault, detail) = CertificateJudge.Judge(chain);
        return fault switch
        {
            CertificateFault.None => JudgeName(certificate),
            CertificateFault.Revoked => new(Refusal.UpstreamCertificateRevoked, detail),
            CertificateFault.Expired => new(Refusal.UpstreamCertificateExpired, detail),
            CertificateFault.NotYetValid => new(Refusal.UpstreamCertificateNotYetValid, detail),
            _ => new(Refusal.UpstreamCertificateUntrusted, detail),
        };
    }

    Refused? JudgeName(X509Certificate2 certificate) => CertificateJudge.IsFor(certificate, target.ServerName)
        ? null
        : new Refused(Refusal.UpstreamNameMismatch, $"no alternative name of the certificate is {target.ServerName}");
}

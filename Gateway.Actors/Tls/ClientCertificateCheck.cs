using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Connections;
using Gateway.Protocols;

namespace Gateway.Actors.Tls;

/// <summary>
/// Judges the certificate of one client while its handshake runs, and remembers what it found. Whether it is revoked is asked after the
/// handshake, where that can be waited for.
/// </summary>
public sealed class ClientCertificateCheck(ClientTls rules, DateTimeOffset now)
{
    /// <summary>Null as long as nothing is wrong.</summary>
    public Refused? Refused { get; private set; }

    /// <summary>What the client sent, a copy that the caller owns; null when it sent none.</summary>
    public X509Certificate2? Certificate { get; private set; }

    /// <summary>Who issued it, from its verified chain, a copy that the caller owns; null unless revocation is to be asked.</summary>
    public X509Certificate2? Issuer { get; private set; }

    public bool IsAsked => rules.ClientCertificate != ClientCertificateRule.None;

    public X509ChainPolicy Policy() =>
        CertificateJudge.PolicyFor(rules.ClientAuthorities, Purposes.Client, now, X509RevocationMode.NoCheck);

    /// <summary>A <see cref="RemoteCertificateValidationCallback"/>.</summary>
    public bool Judge(object sender, X509Certificate? sent, X509Chain? chain, SslPolicyErrors errors)
    {
        // One of a ticket may have been judged before, and the ticket then been passed over: it says nothing of who is there now.
        Certificate?.Dispose();
        Issuer?.Dispose();
        (Certificate, Issuer) = (null, null);
        Refused = sent is null ? JudgeNone() : JudgeSent(sent, chain);
        return Refused is null;
    }

    Refused? JudgeNone() =>
        rules.ClientCertificate == ClientCertificateRule.Required ? new(Refusal.ClientCertificateMissing, "none was sent") : null;

    Refused? JudgeSent(X509Certificate sent, X509Chain? chain)
    {
        Certificate = new X509Certificate2(sent);
        if (chain is null) return new(Refusal.ClientCertificateUntrusted, "no chain could be built");
        var (fault, detail) = CertificateJudge.Judge(chain, rules.Rules);
        return fault switch
        {
            CertificateFault.None => LearnIssuer(chain),
            CertificateFault.Revoked => new(Refusal.ClientCertificateRevoked, detail),
            CertificateFault.Expired => new(Refusal.ClientCertificateExpired, detail),
            CertificateFault.NotYetValid => new(Refusal.ClientCertificateNotYetValid, detail),
            CertificateFault.Misused => new(Refusal.ClientCertificateMisused, detail),
            CertificateFault.NotPinned => new(Refusal.ClientCertificateNotPinned, detail),
            _ => new(Refusal.ClientCertificateUntrusted, detail),
        };
    }

    Refused? LearnIssuer(X509Chain chain)
    {
        Issuer = rules.Revocation.Rule != RevocationRule.None ? PeerChain.IssuerOf(chain) : null;
        return null;
    }
}

using System.Security.Cryptography.X509Certificates;
using Akka.Event;
using Akka.Remote.Transport.DotNetty;

namespace Gateway.Actors.Hosting.Clustering.Remoting;

/// <summary>Who belongs to the cluster: the holder of a certificate of the cluster's authorities, for servers and clients both.</summary>
static class NodeTrust
{
    const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>Judges at every handshake, with the authorities and the time of that handshake.</summary>
    /// <param name="authorities">Whose certificates are taken.</param>
    /// <param name="isNode">Whether one of theirs, with its chain, is a node's.</param>
    /// <param name="time">The clock.</param>
    public static CertificateValidationCallback Validator(
        Func<X509Certificate2Collection> authorities, Func<X509Certificate2, X509Chain, bool> isNode, TimeProvider time) =>
        (certificate, chain, peer, _, log) =>
        {
            var fault = Fault(certificate, chain, authorities(), isNode, time.GetUtcNow());
            if (fault is not null) log.Warning("Refused {Peer} as a member of this cluster: {Fault}", peer, fault);
            return fault is null;
        };

    // Intermediates are taken from the chain as the peer presented it and from the authorities. Certificates of nodes are short-lived, so
    // withdrawing one means not to renew it, or to replace the authority: revocation lists are not asked, and nothing is downloaded on a
    // peer's word.
    static string? Fault(X509Certificate2? certificate, X509Chain? presented, X509Certificate2Collection authorities, Func<X509Certificate2, X509Chain, bool> isNode, DateTimeOffset now)
    {
        if (certificate is null) return "it presents no certificate";
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        if (presented is not null) chain.ChainPolicy.ExtraStore.AddRange(presented.ChainPolicy.ExtraStore);
        chain.ChainPolicy.ApplicationPolicy.Add(new(ServerAuthentication));
        chain.ChainPolicy.ApplicationPolicy.Add(new(ClientAuthentication));
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTimeIgnored = false;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        if (!chain.Build(certificate)) return string.Join(", ", chain.ChainStatus.Select(s => s.Status).Distinct());
        return isNode(certificate, chain) ? null : "its certificate is of this cluster, and no node's";
    }
}

using System.Security.Cryptography.X509Certificates;
using Akka.Event;
using Akka.Remote.Transport.DotNetty;
using Gateway.Actors.Certificates;

namespace Gateway.Actors.Hosting.Clustering;

/// <summary>Who may speak the cluster's language: the holder of a certificate of this cluster's authorities, for servers and clients both.</summary>
public static class NodeTrust
{
    const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>
    /// What is wrong with a peer's certificate at <paramref name="now"/>, or null. Intermediates are taken from the chain as the peer
    /// <paramref name="presented"/> it and from the authorities. Node certificates are short-lived, so withdrawing one means not renewing it or
    /// replacing the authority; revocation lists are not asked, and nothing is downloaded on a peer's word.
    /// </summary>
    public static string? Fault(X509Certificate2? certificate, X509Chain? presented, X509Certificate2Collection authorities, DateTimeOffset now)
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
        return chain.Build(certificate) ? null : string.Join(", ", chain.ChainStatus.Select(s => s.Status).Distinct());
    }

    /// <summary>Judges at every handshake, with the authorities and the time of that handshake.</summary>
    internal static CertificateValidationCallback Validator(INodeCertificates certificates, TimeProvider time) => (certificate, chain, peer, _, log) =>
    {
        var fault = Fault(certificate, chain, certificates.ClusterAuthorities, time.GetUtcNow());
        if (fault is not null) log.Warning("Refused {Peer} as a node of this cluster: {Fault}", peer, fault);
        return fault is null;
    };
}

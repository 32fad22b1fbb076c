using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Gateway.Protocols;

namespace Gateway.Actors.Certificates;

/// <summary>
/// The certificate this node proves itself with, on listeners, the admin API and remoting, and the authorities that other nodes'
/// certificates must chain to. Read at every handshake, so that a newer certificate needs no new listener. Safe for use from several
/// threads.
/// </summary>
public interface INodeCertificates
{
    /// <summary>The chain and key that handshakes beginning now present. Valid now.</summary>
    SslStreamCertificateContext Current { get; }

    /// <summary>The authorities of this cluster's own certificates.</summary>
    X509Certificate2Collection ClusterAuthorities { get; }

    /// <summary>
    /// Whether a peer whose chain ends in one of <see cref="ClusterAuthorities"/> is a node: what the cluster's own authorities issue is also for others.
    /// </summary>
    bool IsNode(X509Certificate2 certificate, X509Chain chain) => true;

    /// <summary>
    /// The managed certificate of that name, as handshakes beginning now present it, and never one that has expired; null:
    /// <see cref="Current"/>. A refusal says why there is none.
    /// </summary>
    Verdict<SslStreamCertificateContext> Find(string? name) =>
        name is null ? Current : new Refused(Refusal.GatewayCertificateUnavailable, $"this node looks after no certificate, and {name} is asked for");
}

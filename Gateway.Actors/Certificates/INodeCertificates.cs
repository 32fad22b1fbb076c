using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

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
}

using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Authorize;
using Gateway.Actors.Tls;

namespace Gateway.Actors.Upstream;

/// <summary>
/// Step 6: a verified leg to the upstream of a grant. Only <see cref="UpstreamDialer"/> makes one. Owns stream and socket.
/// </summary>
public sealed class UpstreamConnection : IDisposable
{
    internal UpstreamConnection(Grant grant, Stream stream, Socket socket)
    {
        (Grant, Stream, Socket) = (grant, stream, socket);
        Address = Plain((IPEndPoint)socket.RemoteEndPoint!).ToString();
        if (stream is not SslStream tls) return;
        TlsVersion = TlsFacts.Version(tls);
        TlsSuite = TlsFacts.Suite(tls);
        CertificateSha256 = TlsFacts.Sha256((X509Certificate2)tls.RemoteCertificate!);
    }

    public Grant Grant { get; }

    /// <summary>Plain bytes in and out; encrypted on the wire, unless the profile says <c>plaintext: allowed</c>.</summary>
    public Stream Stream { get; }

    public Socket Socket { get; }

    /// <summary>Address and port that were reached.</summary>
    public string Address { get; }

    /// <summary>Null on a leg without TLS, as are suite and certificate.</summary>
    public string? TlsVersion { get; }

    public string? TlsSuite { get; }

    /// <summary>SHA-256 of the upstream's certificate, lower-case hex.</summary>
    public string? CertificateSha256 { get; }

    public void Dispose()
    {
        Stream.Dispose();
        Socket.Dispose();
    }

    // A socket for both families reports IPv4 peers as ::ffff:192.0.2.1; the record says 192.0.2.1.
    static IPEndPoint Plain(IPEndPoint peer) => peer.Address.IsIPv4MappedToIPv6 ? new(peer.Address.MapToIPv4(), peer.Port) : peer;
}

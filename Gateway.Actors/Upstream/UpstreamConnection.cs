using System.Net;
using System.Net.Sockets;
using Gateway.Actors.Accept;
using Gateway.Actors.Authorize;
using Gateway.Actors.Tls;

namespace Gateway.Actors.Upstream;

/// <summary>
/// Step 6: a verified leg to the upstream of a grant. Only <see cref="UpstreamDialer"/> makes one. Owns stream and socket.
/// </summary>
public sealed class UpstreamConnection : IDisposable
{
    internal UpstreamConnection(Grant grant, Socket socket, TlsLeg leg)
        : this(grant, socket, leg.Stream) =>
        (TlsVersion, TlsSuite, CertificateSha256, IsResumed) = (leg.Version, leg.Suite, leg.PeerSha256, leg.IsResumed);

    internal UpstreamConnection(Grant grant, Socket socket, Stream stream)
    {
        (Grant, Stream, Socket) = (grant, stream, socket);
        Address = PeerAddress.Plain((IPEndPoint)socket.RemoteEndPoint!).ToString();
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

    /// <summary>True when TLS went on from an earlier session of the gateway's; false where the engine does not tell.</summary>
    public bool IsResumed { get; }

    public void Dispose()
    {
        Stream.Dispose();
        Socket.Dispose();
    }
}

using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Actors.Tls;

/// <summary>.NET's own TLS, wherever .NET runs.</summary>
public sealed class SslStreamEngine : ITlsEngine
{
    public string Name => "sslstream";

    public bool JudgesResumed => false;

    public Stream Wire(Socket socket) => new NetworkStream(socket, ownsSocket: true);

    public async Task<Socket> DialAsync(string host, int port, Stream? beside, CancellationToken cancel)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(new DnsEndPoint(host, port), cancel).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public Task<TlsLeg> AcceptAsync(Socket socket, PeekableStream wire, SslServerAuthenticationOptions terms, LegRules rules, CancellationToken cancel) =>
        RunAsync(wire, ssl => ssl.AuthenticateAsServerAsync(terms, cancel));

    public Task<TlsLeg> ConnectAsync(Socket socket, SslClientAuthenticationOptions terms, LegRules rules, Stream? beside, CancellationToken cancel) =>
        RunAsync(new NetworkStream(socket, ownsSocket: true), ssl => ssl.AuthenticateAsClientAsync(terms, cancel));

    static async Task<TlsLeg> RunAsync(Stream wire, Func<SslStream, Task> handshake)
    {
        var ssl = new SslStream(wire, leaveInnerStreamOpen: false);
        try
        {
            await handshake(ssl).ConfigureAwait(false);
            return Describe(ssl);
        }
        catch
        {
            await ssl.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    static TlsLeg Describe(SslStream ssl)
    {
        var peer = ssl.RemoteCertificate is X509Certificate2 certificate ? TlsFacts.Sha256(certificate) : null;
        var protocol = ssl.NegotiatedApplicationProtocol.ToString();
        return new TlsLeg(ssl, TlsFacts.Version(ssl), TlsFacts.Suite(ssl), peer, protocol.Length == 0 ? null : protocol);
    }
}

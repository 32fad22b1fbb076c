using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Gateway.Actors.Tls.OpenSsl;

/// <summary>
/// OpenSSL 3 directly on the non-blocking socket: half the price of .NET's handshake, no thread hop per message, and session tickets that
/// every node of a cluster can open.
/// </summary>
/// <param name="tickets">The keys that protect session tickets.</param>
/// <param name="suites">All that may ever be spoken; the terms of a handshake narrow it by version.</param>
public sealed class OpenSslEngine(TicketKeyRing tickets, IReadOnlyList<TlsCipherSuite> suites) : ITlsEngine
{
    readonly OpenSslContexts _contexts = new(suites);
    readonly VerifiedChains _verified = new();
    readonly SessionStocks _stocks = new();

    /// <summary>True where the library can be loaded and .NET uses the same one, so that keys can be handed over.</summary>
    public static bool IsAvailable { get; } = OperatingSystem.IsLinux() && SafeEvpPKeyHandle.OpenSslVersion >> 28 == 3
        && NativeLibrary.TryLoad(LibSsl.Name, out _) && NativeLibrary.TryLoad(LibCrypto.Name, out _);

    /// <summary>Connections of this process whose state the library holds.</summary>
    public static long Connections => SslHandle.Alive;

    public string Name => "openssl";

    public Stream Wire(Socket socket) => new ReadinessStream(socket, ReadinessLoop.Next());

    public Task<Socket> DialAsync(string host, int port, Stream? beside, CancellationToken cancel) =>
        ReadinessDialer.DialAsync(host, port, LoopOf(beside), cancel);

    public bool JudgesResumed => true;

    public async Task<TlsLeg> AcceptAsync(
        Socket socket, PeekableStream wire, SslServerAuthenticationOptions terms, LegRules rules, CancellationToken cancel)
    {
        var own = terms.ServerCertificateContext ?? throw new ArgumentException("The certificate context is missing.", nameof(terms));
        using var handshake = new OpenSslHandshake(_contexts.Server(own), socket);
        handshake.BeServer(terms, rules, tickets, _verified, wire.Peeked);
        wire.ForgetPeeked();
        var readiness = (wire.Inner as ReadinessStream)?.Release() ?? new SocketReadiness(socket.SafeHandle, ReadinessLoop.Next());
        return await handshake.RunAsync(readiness, cancel).ConfigureAwait(false);
    }

    /// <summary>True when the loaded library has that group for the key exchange.</summary>
    public static bool HasGroup(string name) => IsAvailable && OpenSslContexts.HasGroup(name);

    public async Task<TlsLeg> ConnectAsync(
        Socket socket, SslClientAuthenticationOptions terms, LegRules rules, Stream? beside, CancellationToken cancel)
    {
        using var handshake = new OpenSslHandshake(_contexts.Client, socket);
        handshake.BeClient(terms, rules, tickets, _verified, _stocks);
        return await handshake.RunAsync(new SocketReadiness(socket.SafeHandle, LoopOf(beside)), cancel).ConfigureAwait(false);
    }

    static ReadinessLoop LoopOf(Stream? beside) => beside is OpenSslStream other ? other.Loop : ReadinessLoop.Next();
}

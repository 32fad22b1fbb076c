using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Gateway.Actors.Tls;
using Gateway.Actors.Tls.OpenSsl;

namespace Gateway.Specs.Support;

/// <summary>
/// An echo on loopback that gives tickets, and takes them as long as it has the keys they were made with. .NET's own server keeps its keys
/// in a cache, from which whatever else runs in the process may push them.
/// </summary>
sealed class TicketUpstream : IAsyncDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _stop = new();
    readonly ConcurrentBag<Task> _running = [];
    readonly Task _accepting;

    public TicketUpstream(SslServerAuthenticationOptions terms)
    {
        Terms = terms;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Of the next connections.</summary>
    public SslServerAuthenticationOptions Terms { get; set; }

    /// <summary>With ticket keys of its own. Another one knows none of the tickets so far.</summary>
    public ITlsEngine Engine { get; set; } = NewEngine();

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public static ITlsEngine NewEngine() => EngineBench.Engine("openssl", new TicketKeyRing(TimeProvider.System));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_running).WaitAsync(TimeSpan.FromSeconds(10));
        _stop.Dispose();
    }

    async Task AcceptAsync()
    {
        try
        {
            while (true) _running.Add(EchoAsync(await _listener.AcceptSocketAsync(_stop.Token)));
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            // The spec is over.
        }
    }

    async Task EchoAsync(Socket socket)
    {
        using var closed = _stop.Token.Register(socket.Dispose);
        try
        {
            await using var wire = new PeekableStream(Engine.Wire(socket), 1024);
            var leg = await Engine.AcceptAsync(socket, wire, Terms, LegRules.None, _stop.Token);
            await using var stream = leg.Stream;
            await stream.CopyToAsync(stream, _stop.Token);
        }
        catch (Exception e) when (e is IOException or AuthenticationException or ObjectDisposedException or SocketException or OperationCanceledException)
        {
            // The peer left or refused, or the spec is over.
        }
    }
}

using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using Gateway.Actors.Tls;
using Gateway.Actors.Tls.OpenSsl;

namespace Gateway.Specs.Support;

/// <summary>
/// An echo on loopback that gives tickets, and takes them as long as it has the keys they were made with. .NET's own server keeps its keys
/// in a cache, from which whatever else runs in the process may push them.
/// </summary>
sealed class TicketUpstream : IAsyncDisposable
{
    readonly LoopbackListener _listener;

    public TicketUpstream(SslServerAuthenticationOptions terms)
    {
        Terms = terms;
        _listener = new LoopbackListener(EchoAsync);
    }

    /// <summary>Of the next connections.</summary>
    public SslServerAuthenticationOptions Terms { get; set; }

    /// <summary>With ticket keys of its own. Another one knows none of the tickets so far.</summary>
    public ITlsEngine Engine { get; set; } = NewEngine();

    public int Port => _listener.Port;

    /// <summary>Of each connection so far, whether its client resumed.</summary>
    public ConcurrentQueue<bool> Resumed { get; } = new();

    public static ITlsEngine NewEngine() => EngineBench.Engine("openssl", new TicketKeyRing(TimeProvider.System));

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    async Task EchoAsync(Socket socket, CancellationToken stop)
    {
        await using var wire = new PeekableStream(Engine.Wire(socket), 1024);
        var leg = await Engine.AcceptAsync(socket, wire, Terms, LegRules.None, stop);
        Resumed.Enqueue(leg.IsResumed);
        await using var stream = leg.Stream;
        await stream.CopyToAsync(stream, stop);
    }
}

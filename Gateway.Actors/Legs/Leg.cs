using System.Net.Security;
using System.Net.Sockets;
using Akka.Streams;
using Akka.Streams.Stage;

namespace Gateway.Actors.Legs;

/// <summary>
/// One peer's connection as two ends of a graph of chunks: what the peer sends, and what it receives. Owns stream and socket.
/// </summary>
public sealed class Leg(Stream stream, Socket socket) : IDisposable
{
    readonly TaskCompletionSource _delivered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Stream Stream { get; } = stream;

    /// <summary>Completes when the graph has written everything, or given up.</summary>
    public Task Delivered => _delivered.Task;

    /// <summary>What the peer sends; <paramref name="before"/> first, which was read together with the login. To be begun once.</summary>
    internal GraphStageLogic Sends(SourceShape<Chunk> shape, Chunk? before) => LegSource.Of(shape, Stream, before);

    /// <summary>What the peer receives. To be begun once.</summary>
    internal GraphStageLogic Receives(SinkShape<Chunk> shape) => new LegSink(shape, Stream, FinishAsync, _delivered);

    /// <summary>How reads and writes of a connection say that it failed, or was closed meanwhile.</summary>
    internal static bool IsBroken(Exception fault) => fault is IOException or ObjectDisposedException or OperationCanceledException;

    /// <summary>
    /// Tells the peer that no more will come, and still reads: close_notify (RFC 8446 section 6.1), then FIN. A peer that is gone is no
    /// fault here.
    /// </summary>
    public async Task FinishAsync()
    {
        try
        {
            await (Stream switch
            {
                IHalfClosing closing => closing.ShutdownAsync(),
                SslStream tls => tls.ShutdownAsync(),
                _ => Task.CompletedTask,
            }).ConfigureAwait(false);
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            _delivered.TrySetResult();
        }
    }

    /// <summary>Aborts what is still under way.</summary>
    public void Dispose()
    {
        // The socket first: a write that waits for the peer would otherwise hold the stream.
        socket.Dispose();
        Stream.Dispose();
        _delivered.TrySetResult();
    }
}

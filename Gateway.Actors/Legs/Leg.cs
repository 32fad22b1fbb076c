using System.Net.Security;
using System.Net.Sockets;
using Akka;
using Akka.Streams.Dsl;

namespace Gateway.Actors.Legs;

/// <summary>
/// One peer's connection as a flow of chunks: in goes what the peer receives, out comes what it sends. Owns stream and socket.
/// </summary>
public sealed class Leg(Stream stream, Socket socket) : IDisposable
{
    readonly TaskCompletionSource _delivered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Stream Stream { get; } = stream;

    /// <summary>Completes when the flow has written everything, or given up.</summary>
    public Task Delivered => _delivered.Task;

    /// <summary>To be materialised once. Emits <paramref name="before"/> first: what was read together with the login.</summary>
    public Flow<Chunk, Chunk, NotUsed> Flow(Chunk? before) =>
        Akka.Streams.Dsl.Flow.FromSinkAndSource(
            Sink.FromGraph(new LegSink(Stream, FinishAsync, _delivered)), Source.FromGraph(new LegSource(Stream, before)));

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

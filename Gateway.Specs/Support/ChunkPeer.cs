using System.Text;
using Akka;
using Akka.Streams;
using Akka.Streams.Dsl;
using Gateway.Actors.Legs;

namespace Gateway.Specs.Support;

/// <summary>One peer of a stage: what it sends, and what it receives only when asked.</summary>
sealed class ChunkPeer(ISourceQueueWithComplete<Chunk> sends, ISinkQueue<Chunk> receives)
{
    static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(10);

    public static Source<Chunk, ISourceQueueWithComplete<Chunk>> Sender { get; } = Source.Queue<Chunk>(256, OverflowStrategy.Backpressure);

    /// <summary>Asks for one chunk ahead at most.</summary>
    public static Sink<Chunk, ISinkQueue<Chunk>> Receiver { get; } =
        Sink.Queue<Chunk>().WithAttributes(Attributes.CreateInputBuffer(1, 1));

    /// <summary>A client and an upstream, with the stage of a session between them; <paramref name="others"/> connects what else it has.</summary>
    public static (ChunkPeer Client, ChunkPeer Upstream) Around<TShape>(
        IGraph<TShape, NotUsed> stage, IMaterializer materializer,
        Func<TShape, (Inlet<Chunk> FromClient, Outlet<Chunk> ToUpstream, Inlet<Chunk> FromUpstream, Outlet<Chunk> ToClient)> legs,
        Action<GraphDsl.Builder<(ChunkPeer, ChunkPeer)>, TShape>? others = null)
        where TShape : Shape =>
        RunnableGraph.FromGraph(GraphDsl.Create(
            Sender, Sender, Receiver, Receiver,
            (c, u, toClient, toUpstream) => (new ChunkPeer(c, toClient), new ChunkPeer(u, toUpstream)),
            (builder, fromClient, fromUpstream, toClient, toUpstream) =>
            {
                var shape = builder.Add(stage);
                var leg = legs(shape);
                builder.From(fromClient.Outlet).To(leg.FromClient);
                builder.From(leg.ToUpstream).To(toUpstream.Inlet);
                builder.From(fromUpstream.Outlet).To(leg.FromUpstream);
                builder.From(leg.ToClient).To(toClient.Inlet);
                others?.Invoke(builder, shape);
                return ClosedShape.Instance;
            })).Run(materializer);

    /// <summary>The same for a stage that has two directions and nothing else.</summary>
    public static (ChunkPeer Client, ChunkPeer Upstream) Around(
        IGraph<BidiShape<Chunk, Chunk, Chunk, Chunk>, NotUsed> stage, IMaterializer materializer) =>
        Around(stage, materializer, bidi => (bidi.Inlet1, bidi.Outlet1, bidi.Inlet2, bidi.Outlet2));

    /// <summary>Completes when the stage has taken it, or its queue has.</summary>
    public Task SendAsync(string text) => sends.OfferAsync(Chunk.Of(Encoding.ASCII.GetBytes(text))).WaitAsync(s_deadline);

    public Task SendAsync(byte[] bytes) => sends.OfferAsync(Chunk.Of(bytes)).WaitAsync(s_deadline);

    /// <summary>Sends no more.</summary>
    public void Finish() => sends.Complete();

    /// <summary>The connection breaks.</summary>
    public void Break() => sends.Fail(new IOException("reset"));

    /// <summary>The next chunk as text; null once there are no more.</summary>
    public async Task<string?> ReceiveAsync() => await ReceiveBytesAsync() is { } bytes ? Encoding.ASCII.GetString(bytes) : null;

    public async Task<byte[]?> ReceiveBytesAsync()
    {
        var next = await receives.PullAsync().WaitAsync(s_deadline);
        if (!next.HasValue) return null;
        var bytes = next.Value.Span.ToArray();
        next.Value.Return();
        return bytes;
    }
}

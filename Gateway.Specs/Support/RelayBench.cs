using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;
using Gateway.Actors;
using Gateway.Actors.Authorize;
using Gateway.Actors.Protocol;
using Gateway.Protocols;

namespace Gateway.Specs.Support;

/// <summary>A relay between two peers that a spec plays.</summary>
static class RelayBench
{
    public static (ChunkPeer Client, ChunkPeer Upstream, Task<SessionEnd> Ended) Run(RelayStage stage, ActorSystem system)
    {
        var ended = new TaskCompletionSource<SessionEnd>();
        var graph = GraphDsl.Create(
            ChunkPeer.Sender, ChunkPeer.Sender, ChunkPeer.Receiver, ChunkPeer.Receiver,
            (c, u, toClient, toUpstream) => (new ChunkPeer(c, toClient), new ChunkPeer(u, toUpstream)),
            (builder, fromClient, fromUpstream, toClient, toUpstream) =>
            {
                var relay = builder.Add(stage);
                builder.From(fromClient.Outlet).To(relay.FromClient);
                builder.From(relay.ToUpstream).To(toUpstream.Inlet);
                builder.From(fromUpstream.Outlet).To(relay.FromUpstream);
                builder.From(relay.ToClient).To(toClient.Inlet);
                builder.From(relay.Ended).To(builder.Add(Sink.ForEach<SessionEnd>(ended.SetResult).MapMaterializedValue(_ => Akka.NotUsed.Instance)));
                return ClosedShape.Instance;
            });
        var (client, upstream) = RunnableGraph.FromGraph(graph).Run(system.Materializer());
        return (client, upstream, ended.Task);
    }
}

/// <summary>What a session stands on, as a spec moves it.</summary>
sealed class HeldAccess(DateTimeOffset? until, Refusal endsWith) : IAccessWatch
{
    readonly List<string> _proofs = [];
    Action? _changed;

    public AccessTerm Term { get; private set; } = new(until, endsWith, "it");

    /// <summary>The ends that were warned of.</summary>
    public List<AccessTerm> Warnings { get; } = [];

    /// <summary>The tokens that were brought.</summary>
    public IReadOnlyList<string> Proofs => _proofs;

    /// <summary>What becomes of the next proof.</summary>
    public TaskCompletionSource<Verdict<AccessTerm>> Judgement { get; private set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void OnChange(Action changed)
    {
        _changed = changed;
        changed();
    }

    public void Ending(AccessTerm term) => Warnings.Add(term);

    public void Move(DateTimeOffset? end)
    {
        Term = Term with { Until = end };
        _changed!();
    }

    public Task<Verdict<AccessTerm>> RenewAsync(ClientProof proof)
    {
        _proofs.Add(proof.Token!);
        return Judgement.Task;
    }
}

using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;
using Gateway.Actors;
using Gateway.Actors.Authorize;
using Gateway.Actors.Protocol;
using Gateway.Protocols;
using Gateway.Protocols.Sasl;

namespace Gateway.Specs.Support;

/// <summary>A relay between two peers that a spec plays.</summary>
static class RelayBench
{
    public static (ChunkPeer Client, ChunkPeer Upstream, Task<SessionEnd> Ended) Run(RelayStage stage, ActorSystem system)
    {
        var ended = new TaskCompletionSource<SessionEnd>();
        var (client, upstream) = ChunkPeer.Around(
            stage, system.Materializer(),
            relay => (relay.FromClient, relay.ToUpstream, relay.FromUpstream, relay.ToClient),
            (builder, relay) => builder.From(relay.Ended)
                .To(builder.Add(Sink.ForEach<SessionEnd>(ended.SetResult).MapMaterializedValue(_ => Akka.NotUsed.Instance))));
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

    /// <summary>By what the next proof as an account is judged.</summary>
    public TaskCompletionSource<Verdict<AccountAnswer>> Found { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<Verdict<AccountAnswer>> FindAsync(AccountQuestion question) => Found.Task;

    public Task<Verdict<AccessTerm>> RenewAsync(ClientProof proof)
    {
        _proofs.Add(proof.Token!);
        return Judgement.Task;
    }
}

/// <summary>A record of denials that nobody looks at, and that is written at once.</summary>
sealed class NoDenials : IDenialLog
{
    public void Denied(IReadOnlyList<DeniedOperation> operations, Action recorded) => recorded();

    public void FirstSeen(IReadOnlyList<SeenOperation> operations)
    {
    }
}

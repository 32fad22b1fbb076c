using Akka.Actor;
using Akka.Pattern;
using Akka.Persistence;
using Gateway.Actors.Record;
using Gateway.Actors.Replay;
using Gateway.Protocols.Journal;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Registry;

/// <summary>
/// The one writer of the registry: a singleton of the cluster's gateways. Acts come decided by a node and are judged once more here, one after
/// the other. Two that write at once, in a cluster torn apart, cannot: the journal takes each number once, and who comes second starts anew.
/// </summary>
public sealed class RegistryActor : ReceivePersistentActor
{
    static readonly TimeSpan s_soonest = TimeSpan.FromMilliseconds(200);
    static readonly TimeSpan s_latest = TimeSpan.FromSeconds(3);

    readonly RegistryRecorder _recorder = new();
    readonly RecentActs _recent = new();
    readonly RegistryWriter _writer;
    readonly ILogger _log;

    public RegistryActor(RegistryWriter writer)
    {
        (_writer, _log) = (writer, writer.Logging.CreateLogger("Gateway.Registry"));
        Recover<StoredEvent>(stored => _recent.Add(_recorder.Recover(stored).Act.Id, _recorder.Snapshot.Revision));
        Recover<RecoveryCompleted>(_ =>
        {
            _recorder.RequireSignature(writer.Keys);
            RegistryLog.Writes(_log, _recorder.Snapshot.Revision);
        });
        Command<ProposeActs>(Propose);
    }

    public override string PersistenceId => RegistrySeal.PersistenceId;

    /// <summary>Started again, with growing pauses, when the journal failed it.</summary>
    public static Props Props(RegistryWriter writer) => BackoffSupervisor.Props(Backoff.OnStop(
        Akka.Actor.Props.Create(() => new RegistryActor(writer)), "writer", s_soonest, s_latest, 0.2, maxNrOfRetries: -1));

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) => RegistryLog.NotWritten(_log, cause, sequenceNr);

    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        // The chain has this event and the journal does not.
        OnPersistFailure(cause, @event, sequenceNr);
        Context.Stop(Self);
    }

    protected override void OnRecoveryFailure(Exception reason, object? message = null) => RegistryLog.NotRecovered(_log, reason);

    void Propose(ProposeActs proposal)
    {
        if (_recent.Find(proposal.ActId) is { } done)
        {
            Sender.Tell(new ActsDecided(proposal.ActId, RegistryOutcome.Done, done, ""));
            return;
        }

        var (answer, acts) = Decide(proposal);
        if (answer.Outcome != RegistryOutcome.Done)
        {
            Sender.Tell(new ActsDecided(proposal.ActId, answer.Outcome, answer.Revision, answer.Detail));
            return;
        }

        var (left, sender) = (acts.Count, Sender);
        PersistAll(acts.Select(act => _recorder.Append(act, _writer.SealKey)).ToArray(), _ =>
        {
            if (--left > 0) return;
            var revision = _recorder.Snapshot.Revision;
            _recent.Add(proposal.ActId, revision);
            sender.Tell(new ActsDecided(proposal.ActId, RegistryOutcome.Done, revision, ""));
            _writer.Advanced(new RegistryAdvanced(revision));
        });
    }

    /// <summary>The acts that change something, each judged after those before it.</summary>
    (RegistryAnswer Answer, IReadOnlyList<RegistryEvent> Acts) Decide(ProposeActs proposal)
    {
        var tried = _recorder.Snapshot;
        if (proposal.Basis >= 0 && proposal.Basis != tried.ConnectionsRevision)
            return (new(RegistryOutcome.Outdated, tried.Revision, "Somebody else has changed connections meanwhile; look at them and try again."), []);
        IReadOnlyList<RegistryEvent> proposed;
        try
        {
            proposed = proposal.Read();
        }
        catch (FormatException e)
        {
            return (new(RegistryOutcome.Invalid, tried.Revision, $"The acts cannot be read by the node that keeps the registry: {e.Message}."), []);
        }

        var acts = new List<RegistryEvent>();
        foreach (var act in proposed)
        {
            var answer = RegistryDecisions.Judge(tried, act);
            if (!answer.IsDone) return (answer with { Revision = _recorder.Snapshot.Revision }, []);
            if (answer.Outcome == RegistryOutcome.Unchanged) continue;
            acts.Add(act);
            tried = tried.With(act, tried.Revision + 1);
        }

        return (new(acts.Count > 0 ? RegistryOutcome.Done : RegistryOutcome.Unchanged, _recorder.Snapshot.Revision, ""), acts);
    }
}

/// <summary>What the registry's writer needs.</summary>
public sealed record RegistryWriter
{
    /// <summary>Signs each act.</summary>
    public required SealKey SealKey { get; init; }

    /// <summary>Whose signatures are taken from the journal.</summary>
    public required SealPublicKeys Keys { get; init; }

    /// <summary>Tells every node.</summary>
    public required Action<RegistryAdvanced> Advanced { get; init; }

    public required ILoggerFactory Logging { get; init; }
}

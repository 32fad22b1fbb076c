using Akka.Actor;
using Akka.Cluster.Sharding;
using Gateway.Actors.Record;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Sessions;

/// <summary>
/// Sees to it that no session stays open for ever: this node's own whose actor stopped before the end was durable, and, on one node of the cluster at a
/// time, those of nodes that are gone. Own ones are asked for where they live. Those of lost nodes are recovered and sealed right here: their shards were
/// that node's, nobody needs them any more, and where messages for them go is the last thing a cluster agrees on again after a loss. Sealing may safely be
/// asked for twice, and be tried by two: the journal takes an event's number once.
/// </summary>
public sealed partial class SessionSealer : ReceiveActor, IWithTimers
{
    /// <summary>Sessions looked up, and sealed side by side, at once.</summary>
    const int Batch = 64;

    /// <summary>Sessions that are recovered at once at most, those of earlier sweeps included that take long.</summary>
    const int MostAtOnce = 2 * Batch;

    /// <summary>Of those that took long or failed so many are known; beyond, they hold up others again.</summary>
    const int MostLate = 4096;

    /// <summary>How long a sweep waits for the next of its sessions to be sealed, before it leaves the rest to themselves.</summary>
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    static readonly TimeSpan s_answer = TimeSpan.FromSeconds(20);

    /// <summary>How long one of its own is waited for before it is asked again. Origin: one that the journal did not let be recovered says nothing at all.</summary>
    static readonly TimeSpan s_ownAnswer = TimeSpan.FromSeconds(5);

    static readonly TimeSpan s_retry = TimeSpan.FromSeconds(3);
    static readonly TimeSpan s_sweep = TimeSpan.FromSeconds(30);

    readonly SessionSealerParts _parts;
    readonly ILogger _log;
    readonly HashSet<string> _awaited = new(StringComparer.Ordinal);

    // Those that took longer than a sweep waits, or failed: they are gone on with, and no sweep waits for them.
    readonly HashSet<string> _late = new(StringComparer.Ordinal);
    bool _isSweeping;
    bool _sweepAgain;
    int _found;
    int _sealed;
    int _begun;

    public SessionSealer(SessionSealerParts parts)
    {
        (_parts, _log) = (parts, parts.Logging.CreateLogger("Gateway.Sealer"));
        Receive<SessionLeftOpen>(left => Timers.StartSingleTimer(left.SessionId, new SealOwn(left), s_retry));
        Receive<SealOwn>(own => EndOwn(own.Left).PipeTo(Self, failure: _ => own.Left));
        Receive<OwnEnded>(own => Log.Sealed(_log, own.SessionId));
        Receive<MembersChanged>(_ => Timers.StartSingleTimer(nameof(MembersChanged), Sweep.Instance, parts.Margin));
        Receive<Sweep>(_ => BeginSweep());
        Receive<Found>(found => SealLost(found.Rows));
        Receive<NotFound>(lost => EndSweep(lost.Cause));
        Receive<SessionEnded>(ended => Settle(ended.SessionId, isSealed: true));
        Receive<Terminated>(gone => Settle(gone.ActorRef.Path.Name, isSealed: false));
        Receive<Passivate>(leaving => Sender.Tell(leaving.StopMessage));
        Receive<SweepOver>(_ => EndSweep(null));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(SessionSealerParts parts) => Akka.Actor.Props.Create(() => new SessionSealer(parts));

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(SessionLeftOpen));
        _parts.Cluster.WhenMemberLost(Self, MembersChanged.Instance);
        Timers.StartPeriodicTimer("sweep", Sweep.Instance, s_sweep);
        Self.Tell(Sweep.Instance);
    }

    // One that fails is begun anew by a later sweep, and not where it failed.
    protected override SupervisorStrategy SupervisorStrategy() => Akka.Actor.SupervisorStrategy.StoppingStrategy;

    async Task<OwnEnded> EndOwn(SessionLeftOpen left)
    {
        await _parts.Sessions.Ask<SessionEnded>(new EndSession(left.SessionId, Ending.Refused, left.Refusal, "the session's actor stopped"), s_ownAnswer);
        return new OwnEnded(left.SessionId);
    }

    void BeginSweep()
    {
        if (!_parts.Cluster.IsResponsible) return;
        _sweepAgain = _isSweeping;
        if (_isSweeping) return;
        _isSweeping = true;
        FindAsync(_parts.Cluster.LiveNodeKeys, _late.Count).PipeTo(Self, failure: cause => new NotFound(cause));
    }

    async Task<Found> FindAsync(IReadOnlyCollection<string> live, int late)
    {
        using var deadline = new CancellationTokenSource(s_answer);
        return new Found(await _parts.Index.OpenOutsideAsync(live, Batch + late, deadline.Token));
    }

    void SealLost(IReadOnlyList<SessionRow> rows)
    {
        (_found, _sealed, _begun) = (rows.Count, 0, 0);
        var running = Context.GetChildren().Count();
        foreach (var row in rows)
        {
            var session = Context.Child(row.SessionId);
            if (session.IsNobody())
            {
                if (++running > MostAtOnce) continue;
                session = Context.Watch(Context.ActorOf(_parts.Lost(row.SessionId), row.SessionId));
            }

            if (!_late.Contains(row.SessionId) && _awaited.Add(row.SessionId)) _begun++;
            session.Tell(new EndSession(row.SessionId, Ending.NodeLost, Refusal.None, $"node {row.NodeKey} was lost"));
        }

        if (_awaited.Count == 0) EndSweep(null);
        else Timers.StartSingleTimer(nameof(SweepOver), SweepOver.Instance, s_patience);
    }

    void Settle(string sessionId, bool isSealed)
    {
        if (isSealed) _late.Remove(sessionId);
        if (!_awaited.Remove(sessionId)) return;
        if (isSealed) _sealed++;
        else BeLate(sessionId);
        if (_awaited.Count == 0) EndSweep(null);
        else Timers.StartSingleTimer(nameof(SweepOver), SweepOver.Instance, s_patience);
    }

    void BeLate(string sessionId)
    {
        if (_late.Count < MostLate) _late.Add(sessionId);
    }

    void EndSweep(Exception? fault)
    {
        Timers.Cancel(nameof(SweepOver));
        _isSweeping = false;
        var left = _found - _sealed;
        if (_sealed > 0) Log.Swept(_log, _sealed);
        if (fault is not null) Log.SweepFailed(_log, fault);
        else if (left > 0) Log.SomeLeft(_log, left);
        // What was not sealed yet goes on; a later sweep asks for it again, and for as many others.
        foreach (var late in _awaited) BeLate(late);
        _awaited.Clear();
        if (_sweepAgain || (_begun >= Batch && _sealed > 0)) Self.Tell(Sweep.Instance);
        else if (fault is not null || left > 0) Timers.StartSingleTimer("retry", Sweep.Instance, s_retry);
        (_found, _sealed, _begun) = (0, 0, 0);
    }

    sealed record SealOwn(SessionLeftOpen Left);

    sealed record OwnEnded(string SessionId);

    sealed record Found(IReadOnlyList<SessionRow> Rows);

    sealed record NotFound(Exception Cause);

    sealed record MembersChanged
    {
        public static readonly MembersChanged Instance = new();
    }

    sealed record Sweep
    {
        public static readonly Sweep Instance = new();
    }

    sealed record SweepOver
    {
        public static readonly SweepOver Instance = new();
    }

    static partial class Log
    {
        [LoggerMessage(120, LogLevel.Warning, "Session {Session}, left open by its actor, is ended")]
        public static partial void Sealed(ILogger log, string session);

        [LoggerMessage(121, LogLevel.Information, "{Sessions} sessions of lost nodes are sealed")]
        public static partial void Swept(ILogger log, int sessions);

        [LoggerMessage(122, LogLevel.Warning, "Sessions of lost nodes cannot be sealed now")]
        public static partial void SweepFailed(ILogger log, Exception cause);

        [LoggerMessage(123, LogLevel.Warning, "{Sessions} sessions of lost nodes are not sealed yet and are tried again")]
        public static partial void SomeLeft(ILogger log, int sessions);
    }
}

/// <summary>What the sealer of one node works with.</summary>
public sealed record SessionSealerParts
{
    /// <summary>Where this node's own sessions are asked for.</summary>
    public required IActorRef Sessions { get; init; }

    /// <summary>The actor that recovers the session of a lost node, of an id, from the journal.</summary>
    public required Func<string, Props> Lost { get; init; }

    public required ISessionIndex Index { get; init; }

    public required ISealerView Cluster { get; init; }

    /// <summary>How long a lost node that lives may need to find out and stop: what it writes until then is in its recordings.</summary>
    public required TimeSpan Margin { get; init; }

    public required ILoggerFactory Logging { get; init; }
}

/// <summary>What the sealer has to know of the cluster.</summary>
public interface ISealerView
{
    /// <summary>Keys of every node that is still a member, reachable or not.</summary>
    IReadOnlyCollection<string> LiveNodeKeys { get; }

    /// <summary>True on the one node that seals for the lost ones.</summary>
    bool IsResponsible { get; }

    /// <summary>Tells <paramref name="receiver"/> each time a member is removed or came up, which may be the first to look after what was left.</summary>
    void WhenMemberLost(IActorRef receiver, object message);
}

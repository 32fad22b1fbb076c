using Akka.Actor;
using Gateway.Actors.Record;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Sessions;

/// <summary>
/// Sees to it that no session stays open for ever: this node's own whose actor stopped before the end was durable, and, on one node of the cluster at a
/// time, those of nodes that are gone. Sealing happens in the session's actor and may safely be asked for twice.
/// </summary>
sealed partial class SessionSealer : ReceiveActor, IWithTimers
{
    /// <summary>Sessions looked up, and sealed side by side, at once.</summary>
    const int Batch = 64;

    static readonly TimeSpan s_answer = TimeSpan.FromSeconds(20);
    static readonly TimeSpan s_ask = TimeSpan.FromSeconds(2);
    static readonly TimeSpan s_retry = TimeSpan.FromSeconds(3);
    static readonly TimeSpan s_sweep = TimeSpan.FromSeconds(30);

    readonly IActorRef _sessions;
    readonly ISessionIndex _index;
    readonly ISealerView _cluster;
    readonly ILogger _log;
    bool _isSweeping;
    bool _sweepAgain;

    public SessionSealer(IActorRef sessions, ISessionIndex index, ISealerView cluster, ILoggerFactory logging)
    {
        (_sessions, _index, _cluster, _log) = (sessions, index, cluster, logging.CreateLogger("Gateway.Sealer"));
        Receive<SessionLeftOpen>(left => Timers.StartSingleTimer(left.SessionId, new SealOwn(left), s_retry));
        Receive<SealOwn>(own => Seal(own.Left.SessionId, Ending.Refused, own.Left.Refusal, "the session's actor stopped").PipeTo(
            Self, failure: _ => own.Left));
        Receive<Sweep>(_ => BeginSweep());
        Receive<Swept>(EndSweep);
        Receive<SessionEnded>(ended => Log.Sealed(_log, ended.SessionId));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(IActorRef sessions, ISessionIndex index, ISealerView cluster, ILoggerFactory logging) =>
        Akka.Actor.Props.Create(() => new SessionSealer(sessions, index, cluster, logging));

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(SessionLeftOpen));
        _cluster.WhenMemberLost(Self, Sweep.Instance);
        Timers.StartPeriodicTimer("sweep", Sweep.Instance, TimeSpan.Zero, s_sweep);
    }

    void BeginSweep()
    {
        if (!_cluster.IsResponsible) return;
        _sweepAgain = _isSweeping;
        if (_isSweeping) return;
        _isSweeping = true;
        SweepAsync(_cluster.LiveNodeKeys).PipeTo(Self, failure: cause => new Swept(0, cause));
    }

    void EndSweep(Swept swept)
    {
        _isSweeping = false;
        if (swept.Fault is not null) Log.SweepFailed(_log, swept.Fault);
        if (swept.Sealed > 0) Log.Swept(_log, swept.Sealed);
        if (_sweepAgain || swept.Sealed == Batch) Self.Tell(Sweep.Instance);
        else if (swept.Fault is not null) Timers.StartSingleTimer("retry", Sweep.Instance, s_retry);
    }

    async Task<Swept> SweepAsync(IReadOnlyCollection<string> live)
    {
        using var deadline = new CancellationTokenSource(s_answer);
        var open = await _index.OpenOutsideAsync(live, Batch, deadline.Token);
        await Task.WhenAll(open.Select(row => Seal(row.SessionId, Ending.NodeLost, Refusal.None, $"node {row.NodeKey} was lost")));
        return new Swept(open.Count, null);
    }

    // Asked again soon: just after a node was lost a message may still be sent to where it was.
    async Task<SessionEnded> Seal(string sessionId, Ending ending, Refusal refusal, string detail)
    {
        for (var asked = 1; ; asked++)
        {
            try
            {
                return await _sessions.Ask<SessionEnded>(new EndSession(sessionId, ending, refusal, detail), s_ask);
            }
            catch (AskTimeoutException) when (asked < s_answer / s_ask)
            {
                // Sealing may be asked for twice.
            }
        }
    }

    sealed record SealOwn(SessionLeftOpen Left);

    sealed record Sweep
    {
        public static readonly Sweep Instance = new();
    }

    sealed record Swept(int Sealed, Exception? Fault);

    static partial class Log
    {
        [LoggerMessage(120, LogLevel.Warning, "Session {Session}, left open by its actor, is ended")]
        public static partial void Sealed(ILogger log, string session);

        [LoggerMessage(121, LogLevel.Information, "{Sessions} sessions of lost nodes are sealed")]
        public static partial void Swept(ILogger log, int sessions);

        [LoggerMessage(122, LogLevel.Warning, "Sessions of lost nodes cannot be sealed now")]
        public static partial void SweepFailed(ILogger log, Exception cause);
    }
}

/// <summary>What the sealer has to know of the cluster.</summary>
public interface ISealerView
{
    /// <summary>Keys of every node that is still a member, reachable or not.</summary>
    IReadOnlyCollection<string> LiveNodeKeys { get; }

    /// <summary>True on the one node that seals for the lost ones.</summary>
    bool IsResponsible { get; }

    /// <summary>Tells <paramref name="receiver"/> each time a member is removed.</summary>
    void WhenMemberLost(IActorRef receiver, object message);
}

using Akka.Actor;
using Gateway.Actors.Authorize;
using Gateway.Actors.Protocol;
using Gateway.Protocols;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Sessions;

/// <summary>
/// Holds every session of this node against what operators granted and revoked, whenever that changes, and ends those that nothing allows any longer,
/// idle ones included.
/// </summary>
sealed class AccessReviewer : ReceiveActor
{
    readonly IAccessFacts _facts;
    readonly LiveAccess _live;
    readonly ILogger _log;
    IDisposable? _subscription;
    AccessFacts? _reviewed;

    public AccessReviewer(IAccessFacts facts, LiveAccess live, ILoggerFactory logging)
    {
        (_facts, _live, _log) = (facts, live, logging.CreateLogger("Gateway.Access"));
        Receive<Changed>(_ => Review());
    }

    public static Props Props(IAccessFacts facts, LiveAccess live, ILoggerFactory logging) =>
        Akka.Actor.Props.Create(() => new AccessReviewer(facts, live, logging));

    protected override void PreStart()
    {
        var self = Self;
        _subscription = _facts.OnChange(() => self.Tell(Changed.Instance));
        // What changed before there was a subscription, or while a failed reviewer was started again.
        Self.Tell(Changed.Instance);
    }

    protected override void PostStop() => _subscription?.Dispose();

    void Review()
    {
        // Changes that came at once are one.
        var facts = _facts.Current;
        if (ReferenceEquals(facts, _reviewed)) return;
        _reviewed = facts;
        foreach (var (session, standing) in _live.All) Review(session, standing);
    }

    void Review(string session, LiveAccess.Standing standing)
    {
        try
        {
            var verdict = standing.Access.Judge();
            if (verdict.IsGranted) return;
            SessionLog.AccessLost(_log, session, verdict.Refusal.Word(), verdict.Detail);
            standing.Stop.Request(SessionEnd.Refused(verdict.Refusal, verdict.Detail));
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // One session that cannot be judged must not keep the others from being.
            SessionLog.NotJudged(_log, fault, session);
            standing.Stop.Request(SessionEnd.Refused(Refusal.InternalFault, fault.GetType().Name));
        }
    }

    sealed record Changed : INoSerializationVerificationNeeded
    {
        public static readonly Changed Instance = new();
    }
}

using Akka.Actor;
using Akka.Cluster;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Hosting.Clustering.Stability;

/// <summary>
/// Has a member leave that has found others come and go for so long that it may see another cluster than they do: two that decide by different sights may
/// both go on, each without the other. Akka's own rule for that is off, because it counts by the time of day, and ends all members where one's clock is set.
/// </summary>
sealed partial class UnrestWatch : ReceiveActor, IWithTimers
{
    /// <summary>Its name below <c>/user</c>.</summary>
    public const string Name = "unrest-watch";

    /// <summary>How often it looks, while there is unrest.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    readonly UnrestWatchParts _parts;
    readonly Unrest _unrest = new();
    readonly long _began;

    public UnrestWatch(UnrestWatchParts parts)
    {
        (_parts, _began) = (parts, parts.Time.GetTimestamp());
        Receive<ClusterEvent.IReachabilityEvent>(_ => Take());
        Receive<Look>(_ => Judge());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    TimeSpan Now => _parts.Time.GetElapsedTime(_began);

    /// <summary>That of a member of a cluster.</summary>
    public static Props Props(ActorSystem system, TimeProvider time, ILogger log) => Props(UnrestWatchParts.Of(Cluster.Get(system), time, log));

    public static Props Props(UnrestWatchParts parts) => Akka.Actor.Props.Create(() => new UnrestWatch(parts));

    protected override void PreStart() => _parts.Subscribe(Self);

    void Take()
    {
        // Not begun anew by each change: where they follow each other fast, it would never look.
        if (!_unrest.IsOn) Timers.StartPeriodicTimer(nameof(Look), Look.Instance, LookEvery);
        _unrest.Take(Now);
    }

    void Judge()
    {
        if (_unrest.Outlasts(Now, _parts.IsUndecided()))
        {
            LogUnrest(_parts.Log, Unrest.Limit);
            _parts.Leave();
            Context.Stop(Self);
        }
        else if (!_unrest.IsOn)
        {
            Timers.Cancel(nameof(Look));
        }
    }

    [LoggerMessage(422, LogLevel.Error, "Members have come and gone for more than {Limit}, and nothing could be decided about them: this one leaves; start it again")]
    static partial void LogUnrest(ILogger log, TimeSpan limit);

    sealed class Look
    {
        public static readonly Look Instance = new();
    }
}

/// <summary>What it sees and does.</summary>
/// <param name="Subscribe">Has an actor told whenever a member comes into reach or goes out of it.</param>
/// <param name="IsUndecided">A member is out of reach, and neither down nor leaving.</param>
/// <param name="Leave">This member is down, which the others need not be asked about.</param>
/// <param name="Time">The clock, of which only how it goes on is used.</param>
/// <param name="Log">Where it is told.</param>
sealed partial record UnrestWatchParts(Action<IActorRef> Subscribe, Func<bool> IsUndecided, Action Leave, TimeProvider Time, ILogger Log)
{
    public static UnrestWatchParts Of(Cluster cluster, TimeProvider time, ILogger log) => new(
        watch => cluster.Subscribe(watch, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IReachabilityEvent)),
        () => cluster.State.Unreachable.Any(member => member.Status is not (MemberStatus.Down or MemberStatus.Exiting)),
        () => cluster.Down(cluster.SelfAddress), time, log);
}

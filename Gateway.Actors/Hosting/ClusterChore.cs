using Akka.Actor;
using Gateway.Actors.Sessions;

namespace Gateway.Actors.Hosting;

/// <summary>
/// Work on what all nodes share, done by one of them at a time, again and again: every node has the chore, the responsible one does it. Two that believe
/// themselves responsible, in a cluster torn apart, must not harm each other.
/// </summary>
sealed class ClusterChore : ReceiveActor, IWithTimers
{
    readonly ChoreTerms _terms;

    public ClusterChore(ChoreTerms terms)
    {
        _terms = terms;
        Receive<Turn>(_ => Begin());
        Receive<TurnOver>(turn => Wait(turn.IsMoreLeft ? TimeSpan.Zero : _terms.Interval));
        Receive<TurnFailed>(failed =>
        {
            _terms.Failed(failed.Cause);
            Wait(_terms.AfterFault);
        });
        Wait(_terms.Interval);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(ChoreTerms terms) => Akka.Actor.Props.Create(() => new ClusterChore(terms));

    void Begin()
    {
        if (_terms.Cluster.IsResponsible) _terms.WorkAsync().PipeTo(Self, success: more => new TurnOver(more), failure: cause => new TurnFailed(cause));
        else Wait(_terms.Interval);
    }

    void Wait(TimeSpan time) => Timers.StartSingleTimer("turn", Turn.Instance, time);

    sealed record Turn
    {
        public static readonly Turn Instance = new();
    }

    sealed record TurnOver(bool IsMoreLeft);

    sealed record TurnFailed(Exception Cause);
}

/// <summary>A chore.</summary>
/// <param name="Cluster">Says which node does it.</param>
/// <param name="WorkAsync">Does a share of it; true: there is more, at once.</param>
/// <param name="Interval">From the end of one turn to the next.</param>
/// <param name="AfterFault">The same, after one that failed.</param>
/// <param name="Failed">Told why.</param>
sealed record ChoreTerms(ISealerView Cluster, Func<Task<bool>> WorkAsync, TimeSpan Interval, TimeSpan AfterFault, Action<Exception> Failed);

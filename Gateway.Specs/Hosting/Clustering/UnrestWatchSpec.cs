using Akka.Actor;
using Akka.Cluster;
using Gateway.Actors.Hosting.Clustering.Stability;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Hosting.Clustering;

public sealed class UnrestWatchSpec : SteppedSystem
{
    readonly NodeLog _log = new();
    IActorRef _watch = ActorRefs.Nobody;
    bool _isUndecided = true;
    int _left;

    [Fact]
    public void A_member_leaves_once_others_have_come_and_gone_for_too_long_and_says_why()
    {
        Start();

        Watch(_watch);

        Change(Unrest.Limit);
        Assert.Equal(0, _left);
        Say();
        Pass(UnrestWatch.LookEvery);

        ExpectTerminated(_watch);
        Assert.Equal(1, _left);
        Assert.Contains(_log.Lines, line => line.Event == 422);
    }

    [Fact]
    public void Changes_that_come_faster_than_it_looks_are_noticed_as_well()
    {
        Start();
        Watch(_watch);

        for (var passed = TimeSpan.Zero; passed <= Unrest.Limit + UnrestWatch.LookEvery && _left == 0; passed += UnrestWatch.LookEvery / 2)
        {
            Say();
            Pass(UnrestWatch.LookEvery / 2);
        }

        ExpectTerminated(_watch);
        Assert.Equal(1, _left);
    }

    [Fact]
    public void It_stays_where_one_is_out_of_reach_for_as_long_and_nothing_changes()
    {
        Start();
        Say();

        Pass(UnrestWatch.LookEvery, 2 * Unrest.Limit);

        Assert.Equal(0, _left);
    }

    [Fact]
    public void It_stays_where_each_that_is_lost_is_decided_about()
    {
        Start();
        _isUndecided = false;

        Change(2 * Unrest.Limit);

        Assert.Equal(0, _left);
    }

    void Start()
    {
        IActorRef? subscribed = null;
        _watch = Sys.ActorOf(UnrestWatch.Props(new UnrestWatchParts(
            watch => subscribed = watch, () => _isUndecided, () => _left++, Time, _log.CreateLogger("cluster"))));
        Settle();
        Assert.Equal(_watch, subscribed);
    }

    void Change(TimeSpan span)
    {
        for (var passed = TimeSpan.Zero; passed < span; passed += UnrestWatch.LookEvery)
        {
            Say();
            Pass(UnrestWatch.LookEvery, UnrestWatch.LookEvery);
        }
    }

    void Say()
    {
        _watch.Tell(new Changed());
        Settle();
    }

    void Pass(TimeSpan step, TimeSpan span)
    {
        for (var passed = TimeSpan.Zero; passed < span; passed += step)
        {
            Pass(step);
            Settle();
        }
    }

    // An answer shows that what was said before was heard.
    void Settle()
    {
        _watch.Tell(new Akka.Actor.Identify(1), TestActor);
        ExpectMsg<ActorIdentity>();
    }

    sealed class Changed : ClusterEvent.IReachabilityEvent;
}

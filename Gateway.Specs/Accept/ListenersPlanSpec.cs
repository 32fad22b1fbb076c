using System.Net;
using Gateway.Actors.Accept;
using Gateway.Actors.Connections;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Accept;

public sealed class ListenersPlanSpec
{
    static readonly ConnectionProfile s_a = Profile("a", 1000);
    static readonly ConnectionProfile s_b = Profile("b", 2000);

    [Fact]
    public void What_is_wanted_is_opened_and_what_is_not_is_stopped()
    {
        var plan = Plan([(s_a, false)], s_b);

        Assert.Equal(["a"], plan.Stop);
        Assert.Equal([s_b], plan.Open);
        Assert.Empty(plan.Swap);
    }

    [Fact]
    public void Nothing_is_done_for_what_is_served_as_wanted()
    {
        var plan = Plan([(s_a, false), (s_b, false)], s_a, s_b);

        Assert.Empty(plan.Stop.Concat(plan.Open.Concat(plan.Swap).Select(p => p.Name)));
    }

    [Fact]
    public void Changed_rules_alone_leave_the_port_open()
    {
        var changed = s_a with { MaxSessions = 1 };

        var plan = Plan([(s_a, false)], changed);

        Assert.Same(changed, Assert.Single(plan.Swap));
        Assert.Empty(plan.Stop);
        Assert.Empty(plan.Open);
    }

    [Fact]
    public void A_changed_address_closes_the_port_first_and_opens_the_other_once_it_is_closed()
    {
        var moved = s_a with { Listen = new IPEndPoint(IPAddress.Any, 1001) };

        Assert.Equal(["a"], Plan([(s_a, false)], moved).Stop);
        Assert.Empty(Plan([(s_a, false)], moved).Open);
        Assert.Empty(Plan([(s_a, true)], moved).Open);
        Assert.Equal([moved], Plan([], moved).Open);
    }

    [Fact]
    public void A_port_that_another_connection_is_leaving_is_waited_for()
    {
        var taker = s_b with { Listen = new IPEndPoint(IPAddress.Any, 1000) };

        Assert.Empty(Plan([(s_a, false)], taker).Open);
        Assert.Empty(Plan([(s_a, true)], taker).Open);
        Assert.Equal([taker], Plan([], taker).Open);
    }

    [Fact]
    public void A_connection_that_is_not_sound_any_more_is_stopped() => Assert.Equal(
        ["a"], ListenersPlan.Of(Open([(s_a, false)]), [new WantedListener("a", 1, null, "has no issuer")]).Stop);

    static ListenersPlan Plan((ConnectionProfile Profile, bool IsStopping)[] open, params ConnectionProfile[] wanted) =>
        ListenersPlan.Of(Open(open), [.. wanted.Select(p => new WantedListener(p.Name, 1, p, null))]);

    static Dictionary<string, OpenListener> Open((ConnectionProfile Profile, bool IsStopping)[] open) =>
        open.ToDictionary(o => o.Profile.Name, o => new OpenListener(o.Profile, o.IsStopping));

    static ConnectionProfile Profile(string name, int port) => TestProfiles.For(TestProfiles.Tls13) with { Name = name, Listen = new IPEndPoint(IPAddress.Any, port) };
}

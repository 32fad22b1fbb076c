using Gateway.Actors.Protocol;
using Gateway.Protocols;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Protocol;

/// <summary>What a relay does with a client that asks too much.</summary>
public sealed class RelayMuteSpec : SteppedSystem
{
    static readonly TimeSpan s_idle = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_client_that_asks_too_much_is_read_no_further_for_so_long_and_hears_all_the_same()
    {
        var muted = 0;
        var rules = new RelayRules(s_idle, TimeSpan.Zero) { Muted = more => Interlocked.Add(ref muted, more) };
        var (client, upstream, ended) = RelayBench.Run(new RelayStage(
            new ScriptedConversation(), rules, new SessionStop(), new NoDenials(), new HeldAccess(null, Refusal.None), Time), Sys);
        await client.SendAsync("hello");
        Assert.Equal("hello", await upstream.ReceiveAsync());
        await upstream.SendAsync("+ answer");
        Assert.Equal("+ answer", await client.ReceiveAsync());

        // One chunk was asked for before.
        await client.SendAsync("a");
        await client.SendAsync("b");
        Assert.Equal("a", await upstream.ReceiveAsync());
        // A shorter time does not shorten the longer one.
        await upstream.SendAsync("- answer");
        Assert.Equal("- answer", await client.ReceiveAsync());
        for (var second = 0; second < 59; second++) Pass(TimeSpan.FromSeconds(1));
        await upstream.SendAsync("more");
        Assert.Equal("more", await client.ReceiveAsync());
        var next = upstream.ReceiveAsync();
        Assert.Equal((false, 1), (next.IsCompleted, Volatile.Read(ref muted)));

        await AwaitAssertAsync(() =>
        {
            Pass(TimeSpan.FromSeconds(1));
            Assert.True(next.IsCompleted);
        });

        Assert.Equal("b", await next);
        Assert.Equal((false, 0), (ended.IsCompleted, Volatile.Read(ref muted)));
    }

    [Fact]
    public async Task A_client_that_goes_while_it_has_to_wait_is_not_waited_for()
    {
        var (muted, stop) = (0, new SessionStop());
        var rules = new RelayRules(s_idle, TimeSpan.Zero) { Muted = more => Interlocked.Add(ref muted, more) };
        var (client, upstream, ended) = RelayBench.Run(
            new RelayStage(new ScriptedConversation(), rules, stop, new NoDenials(), new HeldAccess(null, Refusal.None), Time), Sys);
        await upstream.SendAsync("+ answer");
        Assert.Equal("+ answer", await client.ReceiveAsync());
        Assert.Equal(1, Volatile.Read(ref muted));

        stop.Request(SessionEnd.Refused(Refusal.NodeDraining, "over"));

        await ended;
        await AwaitAssertAsync(() => Assert.Equal(0, Volatile.Read(ref muted)));
    }
}

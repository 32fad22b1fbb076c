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
        var (client, upstream, ended) = RelayBench.Run(new RelayStage(
            new ScriptedConversation(), new RelayRules(s_idle, TimeSpan.Zero), new SessionStop(), new NoDenials(), new HeldAccess(null, Refusal.None), Time), Sys);
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
        Assert.False(next.IsCompleted);

        await AwaitAssertAsync(() =>
        {
            Pass(TimeSpan.FromSeconds(1));
            Assert.True(next.IsCompleted);
        });

        Assert.Equal("b", await next);
        Assert.False(ended.IsCompleted);
    }
}

using Gateway.Actors.Protocol;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Protocol;

/// <summary>What a relay does while the schemas of what came are asked for.</summary>
public sealed class RelaySchemasSpec : SteppedSystem
{
    static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(10);

    readonly TaskCompletionSource _told = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly List<int> _asked = [];

    [Fact]
    public async Task A_side_is_read_no_further_until_its_schemas_were_asked_for_and_the_other_goes_on()
    {
        var (client, upstream, _) = await StartedAsync();

        await client.SendAsync("S");
        await AwaitAssertAsync(() => Assert.Equal([7], _asked));
        var behind = client.SendAsync("behind");
        await upstream.SendAsync("meanwhile");
        Assert.Equal("meanwhile", await client.ReceiveAsync());
        await upstream.SendAsync("more");
        Assert.Equal("more", await client.ReceiveAsync());
        _told.SetResult();

        Assert.Equal("read", await upstream.ReceiveAsync());
        Assert.Equal("behind", await upstream.ReceiveAsync());
        await behind;
        Assert.Equal([7], _asked);
    }

    [Fact]
    public async Task What_a_side_that_ends_meanwhile_said_last_still_goes_on()
    {
        var (client, upstream, ended) = await StartedAsync();
        await upstream.SendAsync("S");
        await AwaitAssertAsync(() => Assert.Equal([7], _asked));

        upstream.Finish();
        await client.SendAsync("still here");
        Assert.Equal("still here", await upstream.ReceiveAsync());
        _told.SetResult();

        Assert.Equal("read", await client.ReceiveAsync());
        Assert.Null(await client.ReceiveAsync());
        client.Finish();
        Assert.Equal(Ending.ClosedByUpstream, (await ended.WaitAsync(s_deadline)).Ending);
    }

    [Fact]
    public async Task What_fails_within_the_gateway_ends_the_session()
    {
        var (client, _, ended) = await StartedAsync();

        await client.SendAsync("S");
        _told.SetException(new InvalidDataException());

        var end = await ended.WaitAsync(s_deadline);
        Assert.Equal((Refusal.InternalFault, nameof(InvalidDataException)), (end.Refusal, end.Detail));
    }

    async Task<(ChunkPeer Client, ChunkPeer Upstream, Task<SessionEnd> Ended)> StartedAsync()
    {
        var rules = new RelayRules(TimeSpan.FromHours(1), TimeSpan.Zero)
        {
            Schemas = ids =>
            {
                _asked.AddRange(ids);
                return _told.Task;
            },
        };
        var access = new HeldAccess(null, Refusal.IdentityExpired);
        var running = RelayBench.Run(new RelayStage(new ScriptedConversation(), rules, new SessionStop(), new NoDenials(), access, Time), Sys);
        await running.Client.SendAsync("hello");
        Assert.Equal("hello", await running.Upstream.ReceiveAsync());
        return running;
    }
}

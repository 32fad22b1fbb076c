using Gateway.Actors;
using Gateway.Actors.Protocol;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Protocol;

/// <summary>What a relay does where the upstream lets the gateway's login last a while only.</summary>
public sealed class RelayUpstreamSpec : SteppedSystem
{
    static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(10);
    static readonly TimeSpan s_lasts = TimeSpan.FromMinutes(10);
    static readonly TimeSpan s_untilRenewal = s_lasts * 0.85;

    readonly ScriptedConversation _conversation = new() { Lasts = s_lasts };
    Verdict<UpstreamCredentials> _credentials = new UpstreamCredentials("gateway", "secret");
    Task<Verdict<UpstreamCredentials>>? _reading;
    int _read;

    [Fact]
    public async Task The_login_is_renewed_before_its_end_though_nobody_sends_anything_and_again_before_the_next()
    {
        var (client, upstream, ended) = await StartedAsync();
        for (var round = 0; round < 3; round++)
        {
            await client.SendAsync($"a{round}");
            Assert.Equal($"a{round}", await upstream.ReceiveAsync());
            Pass(s_untilRenewal - TimeSpan.FromSeconds(1));
            Assert.Equal(round, _read);

            await PassAsync(TimeSpan.FromSeconds(1), () => _read == round + 1);

            Assert.Equal("login: secret", await upstream.ReceiveAsync());
            await upstream.SendAsync("L");
            Assert.Equal("taken", await upstream.ReceiveAsync());
        }

        Assert.False(ended.IsCompleted);
    }

    [Fact]
    public async Task What_the_gateway_asks_besides_moves_the_end_of_its_login_neither_away_nor_out_of_sight()
    {
        var (client, upstream, _) = await StartedAsync();
        Pass(s_untilRenewal - TimeSpan.FromSeconds(2));
        await client.SendAsync("?");
        Assert.Equal("question", await upstream.ReceiveAsync());
        Pass(TimeSpan.FromSeconds(1));
        await upstream.SendAsync("!");
        await client.SendAsync("on");
        Assert.Equal("on", await upstream.ReceiveAsync());
        Assert.Equal(0, _read);

        // And where its time comes while an answer is awaited, it is renewed after that.
        await client.SendAsync("?");
        Assert.Equal("question", await upstream.ReceiveAsync());
        Pass(TimeSpan.FromSeconds(3));
        Assert.Equal(0, _read);
        await upstream.SendAsync("!");

        await PassAsync(TimeSpan.Zero, () => _read == 1);
        Assert.Equal("login: secret", await upstream.ReceiveAsync());
    }

    [Fact]
    public async Task The_client_is_read_no_further_until_the_upstream_has_answered()
    {
        var (client, upstream, _) = await StartedAsync();
        await PassAsync(s_untilRenewal, () => _read == 1);
        Assert.Equal("login: secret", await upstream.ReceiveAsync());

        // One chunk was asked for before; a conversation holds that.
        await client.SendAsync("a");
        await client.SendAsync("b");
        Assert.Equal("a", await upstream.ReceiveAsync());
        await upstream.SendAsync("answer");
        Assert.Equal("answer", await client.ReceiveAsync());
        await upstream.SendAsync("L");

        Assert.Equal("taken", await upstream.ReceiveAsync());
        Assert.Equal("b", await upstream.ReceiveAsync());
    }

    [Fact]
    public async Task What_a_client_that_leaves_meanwhile_said_last_still_goes_out()
    {
        var (client, upstream, ended) = await StartedAsync();
        await PassAsync(s_untilRenewal, () => _read == 1);
        Assert.Equal("login: secret", await upstream.ReceiveAsync());

        client.Finish();
        await upstream.SendAsync("answer");
        Assert.Equal("answer", await client.ReceiveAsync());
        await upstream.SendAsync("L");

        Assert.Equal("taken", await upstream.ReceiveAsync());
        Assert.Null(await upstream.ReceiveAsync());
        upstream.Finish();
        Assert.Equal(Ending.ClosedByClient, (await ended.WaitAsync(s_deadline)).Ending);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Where_the_client_will_send_no_more_the_login_is_not_renewed_and_what_the_upstream_owes_still_comes(bool isRead)
    {
        var told = new TaskCompletionSource<Verdict<UpstreamCredentials>>();
        if (isRead) _reading = told.Task;
        var (client, upstream, ended) = await StartedAsync();
        if (isRead) await PassAsync(s_untilRenewal, () => _read == 1);
        else Pass(s_untilRenewal - TimeSpan.FromSeconds(1));
        client.Finish();
        Assert.Null(await upstream.ReceiveAsync());

        told.SetResult(_credentials);
        Pass(TimeSpan.FromSeconds(2));
        await upstream.SendAsync("owed");
        Assert.Equal("owed", await client.ReceiveAsync());
        Pass(TimeSpan.FromSeconds(12));
        await upstream.SendAsync("more");
        Assert.Equal("more", await client.ReceiveAsync());
        upstream.Finish();

        Assert.Equal((Ending.ClosedByClient, isRead ? 1 : 0), ((await ended.WaitAsync(s_deadline)).Ending, _read));
    }

    [Fact]
    public async Task An_upstream_that_does_not_answer_it_ends_the_session()
    {
        var (client, upstream, ended) = await StartedAsync();
        await PassAsync(s_untilRenewal, () => _read == 1);
        Assert.Equal("login: secret", await upstream.ReceiveAsync());

        await PassAsync(TimeSpan.FromSeconds(20), () => ended.IsCompleted);

        Assert.Equal(Refusal.UpstreamTooSlow, (await ended.WaitAsync(s_deadline)).Refusal);
        Assert.Equal("bye: upstream-too-slow", await client.ReceiveAsync());
    }

    [Fact]
    public async Task Credentials_that_cannot_be_read_are_tried_again_until_the_login_is_over()
    {
        _credentials = new Refused(Refusal.UpstreamSecretUnavailable, "it is gone");
        var (client, upstream, ended) = await StartedAsync();
        await ReadAsync(s_untilRenewal, 1);
        await ReadAsync(s_lasts * 0.04, 2);
        Assert.False(ended.IsCompleted);

        _credentials = new UpstreamCredentials("gateway", "found");
        await ReadAsync(s_lasts * 0.04, 3);
        Assert.Equal("login: found", await upstream.ReceiveAsync());
        await upstream.SendAsync("L");
        Assert.Equal("taken", await upstream.ReceiveAsync());

        _credentials = new Refused(Refusal.UpstreamSecretUnavailable, "it is gone");
        await ReadAsync(s_untilRenewal, 4);
        for (var more = 5; more < 8; more++) await ReadAsync(s_lasts * 0.04, more);
        Assert.False(ended.IsCompleted);
        await ReadAsync(s_lasts * 0.04, 8);

        var end = await ended.WaitAsync(s_deadline);
        Assert.Equal((Refusal.UpstreamSecretUnavailable, true), (end.Refusal, end.Detail!.EndsWith("it is gone", StringComparison.Ordinal)));

        // What passes shows that the relay has done with what it was told before: the pause after it has begun.
        async Task ReadAsync(TimeSpan after, int times)
        {
            await client.SendAsync("on");
            Assert.Equal("on", await upstream.ReceiveAsync());
            var told = new TaskCompletionSource<Verdict<UpstreamCredentials>>();
            _reading = told.Task;
            await PassAsync(after, () => _read == times);
            told.SetResult(_credentials);
        }
    }

    Task PassAsync(TimeSpan time, Func<bool> then)
    {
        Pass(time);
        return AwaitAssertAsync(() =>
        {
            Pass(TimeSpan.FromMilliseconds(1));
            Assert.True(then());
        });
    }

    async Task<(ChunkPeer Client, ChunkPeer Upstream, Task<SessionEnd> Ended)> StartedAsync()
    {
        var rules = new RelayRules(TimeSpan.FromHours(1), TimeSpan.Zero)
        {
            Credentials = () =>
            {
                _read++;
                return _reading ?? Task.FromResult(_credentials);
            },
        };
        var access = new HeldAccess(null, Refusal.IdentityExpired);
        var running = RelayBench.Run(new RelayStage(_conversation, rules, new SessionStop(), new NoDenials(), access, Time), Sys);
        await running.Client.SendAsync("hello");
        Assert.Equal("hello", await running.Upstream.ReceiveAsync());
        return running;
    }
}

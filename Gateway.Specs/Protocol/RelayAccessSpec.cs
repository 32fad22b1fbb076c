using Gateway.Actors;
using Gateway.Actors.Protocol;
using Gateway.Protocols;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Protocol;

/// <summary>What a relay does when the access it stands on ends, moves or is renewed.</summary>
public sealed class RelayAccessSpec : SteppedSystem
{
    static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(10);
    static readonly TimeSpan s_warning = TimeSpan.FromMinutes(1);

    readonly ScriptedConversation _conversation = new();
    readonly SessionStop _stop = new();

    [Fact]
    public async Task A_session_is_warned_of_once_and_ends_with_its_access_though_nobody_sends_anything()
    {
        var access = Access(minutes: 5, Refusal.AccessEnded);
        var (client, upstream, ended) = Run(access);
        await client.SendAsync("a");
        Assert.Equal("a", await upstream.ReceiveAsync());

        await PassAsync(TimeSpan.FromMinutes(4), () => access.Warnings.Count == 1);
        Assert.False(ended.IsCompleted);
        await PassAsync(TimeSpan.FromMinutes(1) + TimeSpan.FromSeconds(1), () => ended.IsCompleted);

        Assert.Equal(Refusal.AccessEnded, (await ended.WaitAsync(s_deadline)).Refusal);
        Assert.Equal("bye: access-ended", await client.ReceiveAsync());
        Assert.Single(access.Warnings);
    }

    [Fact]
    public async Task An_end_that_comes_closer_counts_and_one_that_moves_away_does_not_any_more()
    {
        var access = Access(minutes: 5);
        var (client, upstream, ended) = Run(access);
        await client.SendAsync("a");
        Assert.Equal("a", await upstream.ReceiveAsync());

        access.Move(Time.GetUtcNow().AddMinutes(20));
        await PassAsync(TimeSpan.FromMinutes(6), () => true);
        Assert.False(ended.IsCompleted);
        access.Move(Time.GetUtcNow().AddSeconds(2));
        await PassAsync(TimeSpan.FromSeconds(3), () => ended.IsCompleted);

        Assert.Equal(Refusal.IdentityExpired, (await ended.WaitAsync(s_deadline)).Refusal);
    }

    [Fact]
    public async Task A_new_proof_that_is_accepted_is_answered_and_never_reaches_the_upstream()
    {
        var access = Access(minutes: 5);
        var (client, upstream, _) = Run(access);

        await client.SendAsync("Atoken");
        await client.SendAsync("later");
        await Eventually.TrueAsync(() => access.Proofs.Count == 1);
        var received = upstream.ReceiveAsync();
        await upstream.SendAsync("meanwhile");
        Assert.Equal("meanwhile", await client.ReceiveAsync());
        Assert.False(received.IsCompleted);
        access.Judgement.SetResult(access.Term);

        Assert.Equal("renewed", await client.ReceiveAsync());
        Assert.Equal("later", await received);
        Assert.Equal(["token"], access.Proofs);
    }

    [Fact]
    public async Task A_new_proof_that_is_refused_ends_the_session()
    {
        var access = Access(minutes: 5);
        var (client, _, ended) = Run(access);

        await client.SendAsync("Atoken");
        access.Judgement.SetResult(new Refused(Refusal.TokenExpired, "too late"));

        Assert.Equal("bye: token-expired", await client.ReceiveAsync());
        Assert.Equal(SessionEnd.Refused(Refusal.TokenExpired, "too late"), await ended.WaitAsync(s_deadline));
    }

    [Fact]
    public async Task A_judgement_that_fails_ends_the_session()
    {
        var access = Access(minutes: 5);
        var (client, _, ended) = Run(access);

        await client.SendAsync("Atoken");
        access.Judgement.SetException(new InvalidOperationException("broken"));

        Assert.Equal("bye: internal-fault", await client.ReceiveAsync());
        Assert.Equal(Refusal.InternalFault, (await ended.WaitAsync(s_deadline)).Refusal);
    }

    [Fact]
    public void The_warning_comes_half_way_where_little_time_is_left()
    {
        var rules = new RelayRules(TimeSpan.FromMinutes(10), s_warning);

        Assert.Equal(TimeSpan.FromMinutes(9), rules.TillWarning(TimeSpan.FromMinutes(10)));
        Assert.Equal(TimeSpan.FromSeconds(15), rules.TillWarning(TimeSpan.FromSeconds(30)));
        Assert.Null(rules.TillWarning(TimeSpan.Zero));
        Assert.Null((rules with { Warning = TimeSpan.Zero }).TillWarning(TimeSpan.FromMinutes(10)));
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

    HeldAccess Access(int minutes, Refusal endsWith = Refusal.IdentityExpired) => new(Time.GetUtcNow().AddMinutes(minutes), endsWith);

    (ChunkPeer Client, ChunkPeer Upstream, Task<SessionEnd> Ended) Run(HeldAccess access) =>
        RelayBench.Run(new RelayStage(_conversation, new RelayRules(TimeSpan.FromHours(1), s_warning), _stop, new NoDenials(), access, Time), Sys);
}

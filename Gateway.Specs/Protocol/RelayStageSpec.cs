using System.Collections.Concurrent;
using Gateway.Actors.Protocol;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Protocol;

public sealed class RelayStageSpec : SteppedSystem
{
    static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(10);
    static readonly TimeSpan s_idle = TimeSpan.FromMinutes(10);

    readonly ScriptedConversation _conversation = new();
    readonly SessionStop _stop = new();
    readonly DenialLog _denials = new();

    [Fact]
    public async Task What_either_side_sends_reaches_the_other_unchanged()
    {
        var (client, upstream, _) = Run();

        await client.SendAsync("question");
        await upstream.SendAsync("answer");

        Assert.Equal("question", await upstream.ReceiveAsync());
        Assert.Equal("answer", await client.ReceiveAsync());
    }

    [Fact]
    public async Task A_denied_operation_is_answered_and_noted_and_the_session_goes_on()
    {
        var (client, upstream, _) = Run();

        await client.SendAsync("Do it");
        await client.SendAsync("something else");

        Assert.Equal("denied", await client.ReceiveAsync());
        Assert.Equal("something else", await upstream.ReceiveAsync());
        Assert.Equal([new DeniedOperation("publish", "secret")], _denials.Operations);
    }

    [Fact]
    public async Task What_is_denied_is_told_to_the_index_the_first_time()
    {
        var (client, upstream, _) = Run();

        await client.SendAsync("Do it");
        await client.SendAsync("Do it again");
        await client.SendAsync("something else");

        Assert.Equal("something else", await upstream.ReceiveAsync());
        Assert.Equal([new SeenOperation("publish", "secret", IsDenied: true)], _denials.Seen);
    }

    [Fact]
    public async Task A_client_whose_denials_are_not_durable_yet_is_read_no_further()
    {
        var (client, upstream, _) = Run();
        _denials.Holds = true;

        for (var i = 0; i < IDenialLog.Most; i++)
        {
            await client.SendAsync("D");
            Assert.Equal("denied", await client.ReceiveAsync());
        }

        await client.SendAsync("allowed");
        var received = upstream.ReceiveAsync();
        Assert.False(received.IsCompleted);
        _denials.Release();
        Assert.Equal("allowed", await received);
    }

    [Fact]
    public async Task A_refused_frame_ends_the_session_in_words_and_nothing_of_it_reaches_the_upstream()
    {
        var (client, upstream, ended) = Run();

        await client.SendAsync("X marks the spot");

        Assert.Equal("bye: frame-malformed", await client.ReceiveAsync());
        Assert.Null(await client.ReceiveAsync());
        Assert.Null(await upstream.ReceiveAsync());
        Assert.Equal(new SessionEnd(Ending.Refused, Refusal.FrameMalformed, "an X"), await ended.WaitAsync(s_deadline));
    }

    [Fact]
    public async Task The_upstream_may_still_answer_a_client_that_sends_no_more()
    {
        var (client, upstream, ended) = Run();

        client.Finish();
        Assert.Null(await upstream.ReceiveAsync());
        await upstream.SendAsync("late answer");
        upstream.Finish();

        Assert.Equal("late answer", await client.ReceiveAsync());
        Assert.Null(await client.ReceiveAsync());
        Assert.Equal(SessionEnd.ClosedBy(Direction.ToUpstream), await ended.WaitAsync(s_deadline));
    }

    [Fact]
    public async Task A_frame_cut_short_by_the_end_is_refused()
    {
        var (client, _, ended) = Run();
        _conversation.AtEnd = Refusal.FrameMalformed;

        client.Finish();

        Assert.Equal("bye: frame-malformed", await client.ReceiveAsync());
        Assert.Equal(Refusal.FrameMalformed, (await ended.WaitAsync(s_deadline)).Refusal);
    }

    [Fact]
    public async Task A_client_that_breaks_off_has_closed_the_session_and_an_upstream_that_does_is_lost()
    {
        var (client, _, byClient) = Run();
        var (_, upstream, byUpstream) = Run();

        client.Break();
        upstream.Break();

        Assert.Equal(Ending.ClosedByClient, (await byClient.WaitAsync(s_deadline)).Ending);
        Assert.Equal(Refusal.UpstreamLost, (await byUpstream.WaitAsync(s_deadline)).Refusal);
    }

    [Fact]
    public async Task An_upstream_that_drops_the_connection_after_the_client_has_finished_did_not_end_the_session()
    {
        var (client, upstream, ended) = Run();

        client.Finish();
        Assert.Null(await upstream.ReceiveAsync());
        upstream.Break();

        Assert.Null(await client.ReceiveAsync());
        var end = await ended.WaitAsync(s_deadline);
        Assert.Equal(Ending.ClosedByClient, end.Ending);
        Assert.Contains("afterwards the upstream broke off", end.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_took_its_leave_ended_the_session_however_the_upstream_closes_the_connection(bool abruptly)
    {
        var (client, upstream, ended) = Run();
        _conversation.Left = Direction.ToUpstream;

        if (abruptly) upstream.Break();
        else upstream.Finish();
        Assert.Null(await client.ReceiveAsync());
        client.Finish();

        Assert.Equal(Ending.ClosedByClient, (await ended.WaitAsync(s_deadline)).Ending);
    }

    [Fact]
    public async Task A_silent_session_ends_when_its_idle_time_is_over_and_not_before()
    {
        var (client, upstream, ended) = Run();
        Pass(s_idle - TimeSpan.FromSeconds(1));
        await client.SendAsync("still here");
        Assert.Equal("still here", await upstream.ReceiveAsync());

        Pass(TimeSpan.FromSeconds(2));
        await client.SendAsync("and here");
        Assert.Equal("and here", await upstream.ReceiveAsync());
        await AwaitAssertAsync(() =>
        {
            Pass(s_idle + TimeSpan.FromSeconds(1));
            Assert.True(ended.IsCompleted);
        });

        Assert.Equal(Refusal.SessionIdle, (await ended).Refusal);
    }

    [Fact]
    public async Task A_session_half_closed_ends_after_a_shorter_silence()
    {
        var (client, upstream, ended) = Run();
        client.Finish();
        Assert.Null(await upstream.ReceiveAsync());

        await AwaitAssertAsync(() =>
        {
            Pass(RelayRules.HalfClosedSilence + TimeSpan.FromSeconds(1));
            Assert.True(ended.IsCompleted);
        });

        Assert.Equal(SessionEnd.ClosedBy(Direction.ToUpstream), await ended);
    }

    [Fact]
    public async Task A_session_ends_with_the_identity_it_was_granted_to_although_it_is_busy()
    {
        var (client, upstream, ended) = Run(expires: Time.GetUtcNow() + TimeSpan.FromSeconds(30));
        await client.SendAsync("a");
        Assert.Equal("a", await upstream.ReceiveAsync());

        await AwaitAssertAsync(() =>
        {
            Pass(TimeSpan.FromSeconds(31));
            Assert.True(ended.IsCompleted);
        });

        Assert.Equal(Refusal.IdentityExpired, (await ended).Refusal);
        Assert.Equal("bye: identity-expired", await client.ReceiveAsync());
    }

    [Fact]
    public async Task A_requested_end_needs_no_help_of_the_peers_and_the_first_reason_counts()
    {
        var (client, _, ended) = Run();
        await client.SendAsync("nobody takes this");

        _stop.Request(SessionEnd.Refused(Refusal.NodeDraining, "drain"));
        _stop.Request(SessionEnd.Refused(Refusal.SessionIdle, "too late"));

        Assert.Equal(Refusal.NodeDraining, (await ended.WaitAsync(s_deadline)).Refusal);
        Assert.Equal("bye: node-draining", await client.ReceiveAsync());
    }

    [Fact]
    public async Task Nothing_is_lost_when_one_chunk_makes_output_for_both_sides_and_neither_asks()
    {
        var (client, upstream, _) = Run();

        await client.SendAsync("Both");
        await client.SendAsync("Both");
        await upstream.SendAsync("plain");

        Assert.Equal(200, (await upstream.ReceiveBytesAsync())!.Length + (await upstream.ReceiveBytesAsync())!.Length);
        var received = new[] { await client.ReceiveBytesAsync(), await client.ReceiveBytesAsync(), await client.ReceiveBytesAsync() };
        Assert.Equal(205, received.Sum(r => r!.Length));
    }

    (ChunkPeer Client, ChunkPeer Upstream, Task<SessionEnd> Ended) Run(DateTimeOffset? expires = null)
    {
        var stage = new RelayStage(
            _conversation, new RelayRules(s_idle, TimeSpan.Zero), _stop, _denials, new HeldAccess(expires, Refusal.IdentityExpired), Time);
        return RelayBench.Run(stage, Sys);
    }

    sealed class DenialLog : IDenialLog
    {
        readonly ConcurrentQueue<Action> _held = new();

        public ConcurrentQueue<DeniedOperation> Operations { get; } = new();

        public bool Holds { get; set; }

        public void Denied(IReadOnlyList<DeniedOperation> operations, Action recorded)
        {
            foreach (var operation in operations) Operations.Enqueue(operation);
            if (Holds) _held.Enqueue(recorded);
            else recorded();
        }

        public ConcurrentQueue<SeenOperation> Seen { get; } = new();

        public void FirstSeen(IReadOnlyList<SeenOperation> operations)
        {
            foreach (var operation in operations) Seen.Enqueue(operation);
        }

        public void Release()
        {
            Holds = false;
            while (_held.TryDequeue(out var recorded)) recorded();
        }
    }
}

using System.Collections.Concurrent;
using System.Text;
using Akka.Streams;
using Akka.Streams.Dsl;
using Gateway.Actors.Connections;
using Gateway.Actors.Record;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Record;

public sealed class RecordStageSpec : SteppedSystem
{
    static readonly TimeSpan s_flush = TimeSpan.FromMilliseconds(50);

    readonly MemoryRecording _recording = new();
    readonly RecordingBudget _budget = new(1 << 20);
    readonly TaskCompletionSource _done = new();

    [Fact]
    public async Task What_passes_in_both_directions_is_recorded_in_the_order_it_passed()
    {
        var (client, upstream) = Run(new RecordingRules { Strict = false, WindowBytes = 1 << 20, FlushAfter = s_flush });

        await client.SendAsync("one");
        Assert.Equal("one", await upstream.ReceiveAsync());
        await upstream.SendAsync("two");
        Assert.Equal("two", await client.ReceiveAsync());
        await client.SendAsync("three");
        Assert.Equal("three", await upstream.ReceiveAsync());
        Pass(s_flush);

        await AwaitAssertAsync(() => Assert.Equal([">one", "<two", ">three"], _recording.Pieces));
    }

    [Fact]
    public async Task Beyond_the_window_nothing_is_read_until_recorded_bytes_are_durable()
    {
        _recording.Holds = true;
        var (client, upstream) = Run(new RecordingRules { Strict = false, WindowBytes = 5, FlushAfter = s_flush });
        await client.SendAsync("12345");
        Assert.Equal("12345", await upstream.ReceiveAsync());

        await client.SendAsync("6");
        var sixth = upstream.ReceiveAsync();
        await AwaitAssertAsync(() => Assert.Equal([">12345"], _recording.Pieces));

        Assert.False(sixth.IsCompleted);
        _recording.Release();
        Assert.Equal("6", await sixth);
    }

    [Fact]
    public async Task In_strict_mode_no_byte_passes_before_it_is_durable()
    {
        _recording.Holds = true;
        var (client, upstream) = Run(new RecordingRules { Strict = true, WindowBytes = 1 << 20, FlushAfter = s_flush });

        await client.SendAsync("held");
        var passed = upstream.ReceiveAsync();
        await AwaitAssertAsync(() => Assert.Equal([">held"], _recording.Pieces));

        Assert.False(passed.IsCompleted);
        _recording.Release();
        Assert.Equal("held", await passed);
    }

    [Fact]
    public async Task A_chunk_larger_than_a_draft_is_recorded_whole()
    {
        var (client, upstream) = Run(new RecordingRules { Strict = true, WindowBytes = 1 << 20, FlushAfter = s_flush });
        var bytes = new byte[ChunkDraft.Capacity * 2 + 7];
        Random.Shared.NextBytes(bytes);

        await client.SendAsync(bytes);

        Assert.Equal(bytes, await upstream.ReceiveBytesAsync());
        Assert.Equal(bytes.Length, _recording.Pieces.Sum(p => p.Length - 1));
    }

    [Fact]
    public async Task An_exhausted_budget_of_the_node_stops_reading_until_there_is_room_again()
    {
        _budget.Take(1 << 20);
        var (client, upstream) = Run(new RecordingRules { Strict = false, WindowBytes = 1 << 20, FlushAfter = s_flush });

        await client.SendAsync("waits");
        var received = upstream.ReceiveAsync();
        Assert.False(received.IsCompleted);
        _budget.GiveBack(1 << 20);

        Assert.Equal("waits", await received);
    }

    [Fact]
    public async Task When_both_sides_have_ended_the_last_bytes_are_with_the_recording()
    {
        var (client, upstream) = Run(new RecordingRules { Strict = false, WindowBytes = 1 << 20, FlushAfter = TimeSpan.FromSeconds(10) });
        await client.SendAsync("last");
        Assert.Equal("last", await upstream.ReceiveAsync());

        client.Finish();
        upstream.Finish();

        Assert.Null(await upstream.ReceiveAsync());
        Assert.Null(await client.ReceiveAsync());
        await _done.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal([">last"], _recording.Pieces);
    }

    (ChunkPeer Client, ChunkPeer Upstream) Run(RecordingRules rules)
    {
        var stage = new RecordStage(_recording, rules, _budget, Time, _done);
        return ChunkPeer.Around(stage, Sys.Materializer());
    }

    /// <summary>Takes drafts apart; holds back that they are durable when told to.</summary>
    sealed class MemoryRecording : ISessionRecording
    {
        readonly ConcurrentQueue<(Action<int> Durable, int Length)> _held = new();

        /// <summary><c>&gt;</c> to the upstream, <c>&lt;</c> to the client.</summary>
        public ConcurrentQueue<string> Pieces { get; } = new();

        public volatile bool Holds;

        public Task OpenAsync(SessionOpened opened) => Task.CompletedTask;

        public void Record(SessionEvent e, Action durable) => durable();

        public void Record(ChunkDraft draft, Action<int> durable)
        {
            var at = 0;
            foreach (var entry in draft.Entries)
            {
                Pieces.Enqueue((entry.Direction == Direction.ToUpstream ? ">" : "<") + Encoding.Latin1.GetString(draft.Bytes.Span.Slice(at, entry.Length)));
                at += entry.Length;
            }

            var length = draft.Length;
            draft.Return();
            if (Holds) _held.Enqueue((durable, length));
            else durable(length);
        }

        public void Release()
        {
            Holds = false;
            while (_held.TryDequeue(out var held)) held.Durable(held.Length);
        }
    }
}

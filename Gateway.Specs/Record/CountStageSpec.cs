using System.Collections.Concurrent;
using Akka.Streams;
using Gateway.Actors.Record;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Record;

public sealed class CountStageSpec : SteppedSystem
{
    static readonly TimeSpan s_every = TimeSpan.FromSeconds(10);

    readonly CountingRecording _recording = new();
    readonly TaskCompletionSource _done = new();

    [Fact]
    public async Task What_passes_is_counted_once_at_the_end()
    {
        var (client, upstream) = Run(every: null);

        await client.SendAsync("question");
        Assert.Equal("question", await upstream.ReceiveAsync());
        await upstream.SendAsync("no");
        Assert.Equal("no", await client.ReceiveAsync());
        Pass(s_every * 3);
        Assert.Empty(_recording.Counts);
        client.Finish();
        upstream.Finish();

        await _done.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal([(8L, 2L)], _recording.Counts);
    }

    [Fact]
    public async Task While_there_is_traffic_it_is_counted_now_and_then()
    {
        var (client, upstream) = Run(s_every);

        await client.SendAsync("first");
        Assert.Equal("first", await upstream.ReceiveAsync());
        await AwaitAssertAsync(() =>
        {
            Pass(s_every);
            Assert.Equal([(5L, 0L)], _recording.Counts);
        });
        Pass(s_every * 3);
        await upstream.SendAsync("then");
        Assert.Equal("then", await client.ReceiveAsync());
        client.Finish();
        upstream.Finish();

        await _done.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal([(5L, 0L), (0L, 4L)], _recording.Counts);
    }

    (ChunkPeer Client, ChunkPeer Upstream) Run(TimeSpan? every)
    {
        var stage = new CountStage(_recording, every, () => 0, _done);
        return ChunkPeer.Around(stage, Sys.Materializer());
    }

    sealed class CountingRecording : ISessionRecording
    {
        public ConcurrentQueue<(long Up, long Down)> Counts { get; } = new();

        public Task OpenAsync(SessionOpened opened) => Task.CompletedTask;

        public void Record(ChunkDraft draft, Action<int> durable) => throw new InvalidOperationException("Nothing is to be kept.");

        public void Record(SessionEvent e, Action durable)
        {
            var counted = Assert.IsType<TrafficCounted>(e);
            Counts.Enqueue((counted.ToUpstreamBytes, counted.ToClientBytes));
            durable();
        }
    }
}

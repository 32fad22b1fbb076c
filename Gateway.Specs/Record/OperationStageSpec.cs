using System.Collections.Concurrent;
using Akka.Streams;
using Gateway.Actors.Record;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Protocols.Mqtt;
using Gateway.Protocols.Reading;
using Gateway.Specs.Mqtt;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Record;

public sealed class OperationStageSpec : SteppedSystem
{
    readonly KeepingRecording _recording = new();
    readonly TaskCompletionSource _done = new();
    readonly OperationLog _log = new(OperationReader.Of("mqtt", OperationLog.Limits), TimeProvider.System);

    [Fact]
    public async Task What_passes_is_kept_as_operations_every_second_and_the_rest_at_the_end()
    {
        var (client, upstream) = ChunkPeer.Around(new OperationStage(_recording, _log, _done), Sys.Materializer());
        var (connect, publish) = (Frames.Connect(ProtocolLevel.V5, null, ""), Frames.Publish(ProtocolLevel.V5, "plant/1", "secret words"));

        await PassAsync(client, upstream, connect);
        await PassAsync(upstream, client, Frames.ConnAck(ProtocolLevel.V5));
        await AwaitAssertAsync(() =>
        {
            Pass(TimeSpan.FromSeconds(1));
            Assert.Equal(["CONNECT c1", "CONNACK "], _recording.Operations);
        });
        await PassAsync(client, upstream, publish[..9]);
        await PassAsync(client, upstream, publish[9..]);
        await PassAsync(client, upstream, publish[..5]);
        client.Finish();
        upstream.Finish();
        await _done.Task.WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(["CONNECT c1", "CONNACK ", "PUBLISH plant/1", "bytes "], _recording.Operations);
        Assert.Equal(connect.Length + publish.Length + 5, _recording.Events.Sum(e => e.ToUpstreamBytes));
        Assert.Equal(connect.Length + publish.Length + 5, _recording.Events.SelectMany(e => e.Operations).Where(o => o.Direction == Direction.ToUpstream).Sum(o => o.Length));
        Assert.DoesNotContain(_recording.Events, e => e.ToString().Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_journal_that_does_not_keep_up_holds_up_the_peers()
    {
        _recording.IsSlow = true;
        var (client, upstream) = ChunkPeer.Around(new OperationStage(_recording, _log, _done), Sys.Materializer());
        await PassAsync(client, upstream, Frames.Connect(ProtocolLevel.V311, null, null));

        // Each chunk is more than an event holds: one of them is always under way.
        var many = Enumerable.Repeat(Frames.Publish(ProtocolLevel.V311, "a", ""), EventLimits.Operations).SelectMany(frame => frame).ToArray();
        for (var i = 0; i < 8; i++) await client.SendAsync(many);
        var passed = 0;
        _ = Task.Run(async () =>
        {
            while (true)
            {
                await upstream.ReceiveBytesAsync();
                Interlocked.Increment(ref passed);
            }
        });

        await AwaitAssertAsync(() => Assert.Equal(4, _recording.Events.Count));
        _recording.Durable();
        await AwaitAssertAsync(() => Assert.InRange(_recording.Events.Count, 5, 8));
    }

    static async Task PassAsync(ChunkPeer from, ChunkPeer to, byte[] bytes)
    {
        await from.SendAsync(bytes);
        Assert.Equal(bytes, await to.ReceiveBytesAsync());
    }

    sealed class KeepingRecording : ISessionRecording
    {
        readonly ConcurrentQueue<Action> _waiting = new();

        public bool IsSlow { get; set; }

        public ConcurrentQueue<OperationsRecorded> Events { get; } = new();

        public IEnumerable<string> Operations => Events.SelectMany(e => e.Operations).Select(o => $"{o.Name} {string.Join(' ', o.Resources)}");

        public Task OpenAsync(SessionOpened opened) => Task.CompletedTask;

        public void Record(ChunkDraft draft, Action<int> durable) => throw new InvalidOperationException("No byte is to be kept.");

        public void Record(SessionEvent e, Action durable)
        {
            Events.Enqueue(Assert.IsType<OperationsRecorded>(e));
            if (IsSlow) _waiting.Enqueue(durable);
            else durable();
        }

        public void Durable()
        {
            while (_waiting.TryDequeue(out var durable)) durable();
        }
    }
}

using System.Collections.Concurrent;
using Akka.Streams;
using Akka.Streams.Dsl;
using Gateway.Actors.Legs;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Legs;

public sealed class PaceStageSpec : SteppedSystem
{
    readonly ConcurrentQueue<int> _passed = new();

    [Fact]
    public async Task Bytes_pass_no_faster_than_allowed_and_none_is_lost()
    {
        var bucket = new TokenBucket(perSecond: 1000, burst: 1000, Time);
        var over = Source.From(Enumerable.Range(1, 6)).Select(i => Chunk.Of(new byte[i * 500]))
            .Via(Flow.FromGraph(new PaceStage([bucket])))
            .RunForeach(
                chunk =>
                {
                    _passed.Enqueue(chunk.Length);
                    chunk.Return();
                },
                Sys.Materializer());

        // 500, then 1000 of which 500 are owed.
        await AwaitAssertAsync(() => Assert.Equal([500, 1000], _passed));
        Pass(TimeSpan.FromMilliseconds(400));
        Assert.Equal(2, _passed.Count);
        await AwaitAssertAsync(() =>
        {
            Pass(TimeSpan.FromMilliseconds(100));
            Assert.Equal([500, 1000, 1500, 2000, 2500, 3000], _passed);
        }, TimeSpan.FromSeconds(30));
        await over;
        // What was passed in all, less the burst, less what is owed for the last.
        Assert.True(Time.GetUtcNow() - Time.Start >= TimeSpan.FromMilliseconds(10_500 - 1000 - 3000));
    }
}

using Gateway.Protocols;
using Xunit;

namespace Gateway.Specs.Support;

/// <summary>
/// The torture of chunk borders that every protocol has to stand: a capture is fed whole, byte by byte, cut once at every point and
/// rechunked at random, and each time both sides get the same bytes, no step's later than its last byte and none's earlier than it was
/// judged.
/// </summary>
public static class EveryCut
{
    const int RandomRounds = 50;
    const int LongestRandomChunk = 24;

    /// <summary>A capture in which nothing is refused.</summary>
    public static void Passes(Capture capture, int seed)
    {
        foreach (var cutting in Cuttings(capture.Steps.Max(s => s.Sent.Length), seed))
        {
            var session = new BottledSession(capture);
            FeedAndWatch(session, capture.Steps, cutting);
            Assert.Equal(capture.Denied, session.Denied);
            Assert.Equal(Refusal.None, session.Finish());
        }
    }

    /// <summary>
    /// A capture whose last step is refused: whatever its chunks, nothing of it goes on, and the client is told the same.
    /// </summary>
    public static void Refuses(Capture capture, int seed)
    {
        Assert.NotEqual(Refusal.None, capture.Refused);
        var last = capture.Steps[^1];
        foreach (var cutting in Cuttings(last.Sent.Length, seed))
        {
            var session = new BottledSession(capture);
            FeedAndWatch(session, [.. capture.Steps.SkipLast(1)], Cutting.Whole);
            var (toUpstream, toClient) = (session.ToUpstream, session.ToClient);

            foreach (var chunk in cutting.Of(last.Sent)) session.Feed(last.Direction, chunk);

            Assert.Equal((capture.Refused, cutting), (session.Refusal, cutting));
            Assert.Equal(toUpstream, session.ToUpstream);
            Assert.Equal([.. toClient, .. Words(last)], session.ToClient);
        }
    }

    static void FeedAndWatch(BottledSession session, IReadOnlyList<CaptureStep> steps, Cutting cutting)
    {
        byte[] upstreamGot = [], clientGot = [];
        for (var index = 0; index < steps.Count; index++)
        {
            var step = steps[index];
            byte[] upstreamGets = [.. upstreamGot, .. step.ToUpstream], clientGets = [.. clientGot, .. step.ToClient];
            foreach (var chunk in cutting.Of(step.Sent))
            {
                session.Feed(step.Direction, chunk);
                Assert.True(session.Refusal == Refusal.None, $"step {index}, {cutting}: {session.Refusal} {session.Detail}");
                AssertBetween(upstreamGot, session.ToUpstream, upstreamGets, $"step {index}, {cutting}, to upstream");
                AssertBetween(clientGot, session.ToClient, clientGets, $"step {index}, {cutting}, to client");
            }

            Assert.Equal(upstreamGets, session.ToUpstream);
            Assert.Equal(clientGets, session.ToClient);
            (upstreamGot, clientGot) = (upstreamGets, clientGets);
        }
    }

    /// <summary>
    /// What the client is told when a step is refused: what the capture says it gets, which is nothing where it says nothing.
    /// </summary>
    static byte[] Words(CaptureStep refused) => ReferenceEquals(refused.ToClient, refused.Sent) ? [] : refused.ToClient;

    static void AssertBetween(byte[] least, byte[] got, byte[] most, string where) => Assert.True(
        got.AsSpan().StartsWith(least) && most.AsSpan().StartsWith(got),
        $"{where}: got {Convert.ToHexString(got)}, expected {Convert.ToHexString(most)}");

    static IEnumerable<Cutting> Cuttings(int longest, int seed)
    {
        yield return Cutting.Whole;
        yield return new Cutting("byte by byte", (_, _) => 1);
        for (var at = 1; at < longest; at++)
        {
            var cut = at;
            yield return new Cutting($"every step cut at {cut}", (offset, rest) => offset == 0 ? Math.Min(cut, rest) : rest);
        }

        for (var round = 0; round < RandomRounds; round++)
        {
            var random = new Random(seed ^ round);
            var name = $"random round {round} of seed {seed}";
            yield return new Cutting(name, (_, rest) => Math.Min(random.Next(1, LongestRandomChunk), rest));
        }
    }

    /// <summary>One way to cut steps into chunks: how long the next chunk is, given the offset and what is left.</summary>
    sealed record Cutting(string Name, Func<int, int, int> Next)
    {
        public static readonly Cutting Whole = new("whole", (_, rest) => rest);

        public IEnumerable<byte[]> Of(byte[] sent)
        {
            for (var at = 0; at < sent.Length;)
            {
                var length = Next(at, sent.Length - at);
                yield return sent[at..(at + length)];
                at += length;
            }
        }

        public override string ToString() => Name;
    }
}

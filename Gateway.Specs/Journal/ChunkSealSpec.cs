using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Journal;

public sealed class ChunkSealSpec
{
    static readonly TrafficRecorded s_chunk = SampleSession.EncryptedTraffic;
    static readonly byte[] s_key = SampleSession.Key().Bytes.ToArray();

    [Fact]
    public void A_chunk_opens_with_its_key_where_it_was_recorded()
    {
        var plain = new byte[8];

        Assert.True(ChunkSeal.TryOpen(s_key, SampleSession.Id, s_chunk, plain));

        Assert.Equal("helloyes"u8, plain);
    }

    [Fact]
    public void What_is_sealed_again_is_the_same()
    {
        var stored = new byte[8 + ChunkSeal.TagLength];

        ChunkSeal.Seal(s_key, SampleSession.Id, s_chunk, "helloyes"u8, stored);

        Assert.Equal(Convert.ToHexString(s_chunk.Payload.Span), Convert.ToHexString(stored));
    }

    [Fact]
    public void It_opens_nowhere_else_and_with_no_other_key()
    {
        var other = (byte[])s_key.Clone();
        other[31] ^= 1;

        Assert.False(Opens(other, SampleSession.Id, s_chunk));
        Assert.False(Opens(s_key, "another", s_chunk));
        Assert.False(Opens(s_key, SampleSession.Id, s_chunk with { Index = 301 }));
        Assert.False(Opens(s_key, SampleSession.Id, s_chunk with { StartedAt = s_chunk.StartedAt + 1 }));
        Assert.False(Opens(s_key, SampleSession.Id, s_chunk with { ToUpstreamOffset = 70_001 }));
        Assert.False(Opens(s_key, SampleSession.Id, s_chunk with { ToClientOffset = 5_000_000_001 }));
        Assert.False(Opens(s_key, SampleSession.Id, s_chunk with { Compression = Compression.Zstandard }));
        Assert.False(Opens(s_key, SampleSession.Id, s_chunk with { PlainLength = 9 }));
    }

    [Fact]
    public void Nothing_that_was_altered_or_cut_opens()
    {
        for (var i = 0; i < s_chunk.Payload.Length; i++)
        {
            var bytes = s_chunk.Payload.ToArray();
            bytes[i] ^= 1;
            Assert.False(Opens(s_key, SampleSession.Id, s_chunk with { Payload = bytes }), $"byte {i}");
            Assert.False(Opens(s_key, SampleSession.Id, s_chunk with { Payload = s_chunk.Payload[..i] }), $"cut at {i}");
        }
    }

    static bool Opens(byte[] key, string session, TrafficRecorded chunk) =>
        ChunkSeal.TryOpen(key, session, chunk, new byte[Math.Max(0, chunk.Payload.Length - ChunkSeal.TagLength)]);
}

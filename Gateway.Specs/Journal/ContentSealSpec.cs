using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Journal;

public sealed class ContentSealSpec
{
    static readonly TrafficRecorded s_chunk = SampleSession.EncryptedTraffic;
    static readonly byte[] s_key = SampleSession.Key().Bytes.ToArray();

    [Fact]
    public void A_chunk_opens_with_its_key_where_it_was_recorded()
    {
        var plain = new byte[8];

        Assert.True(ContentSeal.TryOpen(s_key, SealedPlace.Of(SampleSession.Id, s_chunk), s_chunk.Payload.Span, plain));

        Assert.Equal("helloyes"u8, plain);
    }

    [Fact]
    public void What_is_sealed_again_is_the_same()
    {
        var stored = new byte[8 + ContentSeal.TagLength];

        ContentSeal.Seal(s_key, SealedPlace.Of(SampleSession.Id, s_chunk), "helloyes"u8, stored);

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
    public void Operations_do_not_open_as_traffic_of_the_same_numbers()
    {
        var place = SealedPlace.Of(SampleSession.Id, s_chunk);
        var plain = new byte[8];

        Assert.True(ContentSeal.TryOpen(s_key, place, s_chunk.Payload.Span, plain));
        Assert.False(ContentSeal.TryOpen(s_key, place with { Kind = SealedKind.Operations }, s_chunk.Payload.Span, plain));
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
        ContentSeal.TryOpen(key, SealedPlace.Of(session, chunk), chunk.Payload.Span, new byte[Math.Max(0, chunk.Payload.Length - ContentSeal.TagLength)]);
}

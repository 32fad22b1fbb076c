using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Kafka.Wire;
using Xunit;

namespace Gateway.Specs.Kafka;

public sealed class KafkaFrameSpec
{
    [Fact]
    public void Every_golden_frame_has_its_header_and_a_body_that_is_walked_to_its_end()
    {
        Assert.Equal(18, GoldenBodies.Frames.Count);
        foreach (var (golden, header) in GoldenBodies.Frames)
        {
            var (length, frame) = Head(golden.Layout, golden.Bytes);
            Assert.Equal(golden.Bytes.Length, frame);
            var reader = new MessageReader();
            Assert.True(reader.Read(golden.Layout, golden.Bytes.AsSpan(length), 1000) is not null, reader.Fault);
            Assert.Equal(header == 2 || !golden.Layout.IsRequest && header == 1, HasTags(golden.Layout));
        }
    }

    [Fact]
    public void A_golden_header_that_is_cut_short_waits_for_more()
    {
        foreach (var (golden, _) in GoldenBodies.Frames)
        {
            var (whole, _) = Head(golden.Layout, golden.Bytes);
            for (var length = 0; length < whole; length++) Assert.Equal(0, Head(golden.Layout, golden.Bytes.AsSpan(0, length)).Length);
        }
    }

    [Theory]
    [InlineData("00000000")]
    [InlineData("FFFFFFFF")]
    [InlineData("80000000")]
    [InlineData("00000007")]
    // A client id of -2 bytes.
    [InlineData("0000000D 0012 0000 00000007 FFFE 636C69")]
    // A client id that reaches beyond its frame.
    [InlineData("0000000D 0012 0000 00000007 0004 636C69")]
    // A tag section that reaches beyond its frame.
    [InlineData("00000010 0012 0004 00000007 0003 636C69 01 00 05")]
    public void A_request_header_that_can_never_be_one_is_malformed(string hex) =>
        Assert.False(RequestHead.TryRead(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)), out _));

    [Fact]
    public void The_header_of_an_unknown_api_ends_with_the_correlation_id()
    {
        Assert.True(RequestHead.TryRead(Convert.FromHexString("0000000E03E7000000000007FFFFFFFFFFFF"), out var head));

        Assert.Equal(new RequestHead(14, 999, 0, 7, RequestHead.Fixed), head);
    }

    static bool HasTags(MessageLayout layout) => layout.IsRequest ? layout.IsFlexible : ResponseHead.HasTags(layout);

    static (int Length, long Frame) Head(MessageLayout layout, ReadOnlySpan<byte> bytes)
    {
        if (!layout.IsRequest)
        {
            Assert.True(ResponseHead.TryRead(bytes, layout, out var response));
            return (response.Length, response.FrameLength);
        }

        Assert.True(RequestHead.TryRead(bytes, out var request));
        return (request.Length, request.FrameLength);
    }
}

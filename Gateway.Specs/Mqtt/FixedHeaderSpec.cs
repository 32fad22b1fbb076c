using System.Buffers;
using Gateway.Protocols.Mqtt;
using Xunit;

namespace Gateway.Specs.Mqtt;

public sealed class FixedHeaderSpec
{
    [Theory]
    [InlineData("C000", ReadStatus.Read)]
    [InlineData("3B80808001", ReadStatus.Read)]
    [InlineData("62FFFFFF7F", ReadStatus.Read)]
    [InlineData("", ReadStatus.NeedMore)]
    [InlineData("30808080", ReadStatus.NeedMore)]
    [InlineData("0000", ReadStatus.Malformed)]
    [InlineData("C100", ReadStatus.Malformed)]
    [InlineData("6000", ReadStatus.Malformed)]
    [InlineData("3600", ReadStatus.Malformed)]
    [InlineData("3800", ReadStatus.Malformed)]
    [InlineData("308000", ReadStatus.Malformed)]
    [InlineData("30FFFFFFFF", ReadStatus.Malformed)]
    public void A_header_is_read_or_refused_and_written_back_as_it_came(string hex, ReadStatus expected)
    {
        var bytes = Convert.FromHexString(hex);
        Assert.Equal(expected, FixedHeader.TryRead(bytes, out var header));
        if (expected != ReadStatus.Read) return;
        var written = new ArrayBufferWriter<byte>();
        header.Write(written);
        Assert.Equal(bytes, written.WrittenSpan.ToArray());
    }

    [Theory]
    [InlineData(0u, 1)]
    [InlineData(127u, 1)]
    [InlineData(128u, 2)]
    [InlineData(16_383u, 2)]
    [InlineData(16_384u, 3)]
    [InlineData(2_097_151u, 3)]
    [InlineData(2_097_152u, 4)]
    [InlineData(VariableByteInteger.Max, 4)]
    public void A_variable_byte_integer_is_as_short_as_can_be_and_needs_all_its_bytes(uint value, int length)
    {
        var written = new ArrayBufferWriter<byte>();
        VariableByteInteger.Write(written, value);
        Assert.Equal(length, written.WrittenCount);
        Assert.Equal(ReadStatus.Read, VariableByteInteger.TryRead(written.WrittenSpan, out var read, out var consumed));
        Assert.Equal((value, length), (read, consumed));
        for (var cut = 0; cut < length; cut++)
        {
            Assert.Equal(ReadStatus.NeedMore, VariableByteInteger.TryRead(written.WrittenSpan[..cut], out _, out _));
        }
    }
}

using System.Buffers;
using Gateway.Protocols;
using Gateway.Protocols.Mqtt;
using Xunit;

namespace Gateway.Specs.Mqtt;

public sealed class ConnectPacketSpec
{
    const string V311 = "00044D515454" + "04C2003C" + "00026964" + "00017500026D79";
    const string V5WithWill = "00044D515454" + "05EE003C" + "051100000010" + "00026964" + "051800000005" + "0003772F74"
        + "0002AABB" + "0001750001FF";

    [Theory]
    [InlineData(V311, ProtocolLevel.V311, null)]
    [InlineData(V5WithWill, ProtocolLevel.V5, "w/t")]
    public void A_connect_is_read_and_written_back_byte_for_byte(string hex, ProtocolLevel level, string? will)
    {
        var connect = Read(hex);
        Assert.Equal(
            (level, "id", "u", will, (ushort)60),
            (connect.Level, connect.ClientId, connect.UserName, connect.WillTopic, connect.KeepAlive));
        Assert.Equal(hex, Written(connect.Write));
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5WithWill)]
    public void Every_proper_prefix_of_a_body_is_refused_without_throwing(string hex)
    {
        var body = Convert.FromHexString(hex);
        for (var cut = 0; cut < body.Length; cut++)
        {
            Assert.Equal(Refusal.FrameMalformed, ConnectPacket.TryRead(body.AsSpan(0, cut), out _, out _));
        }
    }

    [Fact]
    public void Other_credentials_leave_the_rest_as_it_was()
    {
        Assert.Equal(
            V311.Replace("00017500026D79", "0001670003707764"),
            Written(w => Read(V311).Write(w, "g"u8.ToArray(), "pwd"u8.ToArray())));
        Assert.Equal(
            V311.Replace("04C2", "0402").Replace("00017500026D79", ""),
            Written(w => Read(V311).Write(w, null, null)));
        Assert.Equal(V311.Replace("00017500026D79", "0000000170"), Written(w => Read(V311).Write(w, null, "p"u8.ToArray())));
    }

    [Theory]
    [InlineData("00064D51497364700302003C00026964", Refusal.ProtocolVersionUnsupported)]
    [InlineData("00044D5154540302003C00026964", Refusal.ProtocolVersionUnsupported)]
    [InlineData("00044D5154540602003C0000026964", Refusal.ProtocolVersionUnsupported)]
    [InlineData("00044D5154540502003C041500016100026964", Refusal.ProtocolVersionUnsupported)]
    [InlineData("00044D5154550402003C00026964", Refusal.FrameMalformed)]
    [InlineData("00044D5154540403003C00026964", Refusal.FrameMalformed)]
    [InlineData("00044D5154540422003C00026964", Refusal.FrameMalformed)]
    [InlineData("00044D515454041E003C00026964000161000161", Refusal.FrameMalformed)]
    [InlineData("00044D5154540442003C00026964000161", Refusal.FrameMalformed)]
    [InlineData("00044D5154540402003C0002696400", Refusal.FrameMalformed)]
    [InlineData("00044D5154540402003C00026900", Refusal.FrameMalformed)]
    [InlineData("00044D5154540406003C0002696400012B0000", Refusal.FrameMalformed)]
    public void A_connect_that_breaks_a_rule_is_refused_by_name(string hex, Refusal expected)
    {
        Assert.Equal(expected, ConnectPacket.TryRead(Convert.FromHexString(hex), out var connect, out var detail));
        Assert.Null(connect);
        Assert.NotEmpty(detail);
    }

    static ConnectPacket Read(string hex)
    {
        Assert.Equal(Refusal.None, ConnectPacket.TryRead(Convert.FromHexString(hex), out var connect, out _));
        return connect!;
    }

    static string Written(Action<IBufferWriter<byte>> write)
    {
        var target = new ArrayBufferWriter<byte>();
        write(target);
        Assert.Equal(ReadStatus.Read, FixedHeader.TryRead(target.WrittenSpan, out var header));
        Assert.Equal((PacketType.Connect, (long)target.WrittenCount), (header.Type, header.PacketLength));
        return Convert.ToHexString(target.WrittenSpan[header.Length..]);
    }
}

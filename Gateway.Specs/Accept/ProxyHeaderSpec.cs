using System.Buffers.Binary;
using System.Net;
using System.Text;
using Gateway.Actors.Accept;
using Xunit;

namespace Gateway.Specs.Accept;

public sealed class ProxyHeaderSpec
{
    static readonly byte[] s_signature = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A];

    public static TheoryData<byte[], string?> Sound => new()
    {
        { Line("TCP4 192.0.2.7 198.51.100.1 40112 8883"), "192.0.2.7:40112" },
        { Line("TCP4 255.255.255.255 255.255.255.255 65535 65535"), "255.255.255.255:65535" },
        { Line("TCP6 2001:db8::7 2001:db8::1 40112 8883"), "[2001:db8::7]:40112" },
        { Line("TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535"), "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535" },
        { Line("TCP6 ::ffff:192.0.2.7 ::1 0 8883"), "192.0.2.7:0" },
        { Binary(0x21, 0x11, V4("192.0.2.7", 40112)), "192.0.2.7:40112" },
        { Binary(0x21, 0x21, V6("2001:db8::7", 40112)), "[2001:db8::7]:40112" },
        { Binary(0x21, 0x21, V6("::ffff:192.0.2.7", 40112)), "192.0.2.7:40112" },
        { Binary(0x21, 0x11, [.. V4("192.0.2.7", 40112), 0x04, 0x00, 0x03, 1, 2, 3]), "192.0.2.7:40112" },
        { Binary(0x21, 0x11, [.. V4("192.0.2.7", 40112), .. new byte[ProxyHeader.Longest - 16 - 12]]), "192.0.2.7:40112" },
        { Binary(0x20, 0x00, []), null },
        { Binary(0x20, 0x11, [1, 2, 3]), null },
    };

    public static TheoryData<byte[], string> Faulty => new()
    {
        { Line("UNKNOWN"), "it does not know the client's address (UNKNOWN)" },
        { Line("UNKNOWN 192.0.2.7 198.51.100.1 1 2"), "it does not know the client's address (UNKNOWN)" },
        { Line("TCP4 192.0.2.7 198.51.100.1 40112"), "its line is none of TCP4 or TCP6 with two addresses and two ports" },
        { Line("TCP4  192.0.2.7 198.51.100.1 40112 8883"), "its line is none of TCP4 or TCP6 with two addresses and two ports" },
        { Line("TCP5 192.0.2.7 198.51.100.1 40112 8883"), "its line is none of TCP4 or TCP6 with two addresses and two ports" },
        { Line("TCP4 192.0.2.07 198.51.100.1 40112 8883"), "an address is none of TCP4" },
        { Line("TCP4 192.0.2 198.51.100.1 40112 8883"), "an address is none of TCP4" },
        { Line("TCP4 0xC0000207 198.51.100.1 40112 8883"), "an address is none of TCP4" },
        { Line("TCP4 2001:db8::7 198.51.100.1 40112 8883"), "an address is none of TCP4" },
        { Line("TCP6 192.0.2.7 2001:db8::1 40112 8883"), "an address is none of TCP6" },
        { Line("TCP6 fe80::1%eth0 2001:db8::1 40112 8883"), "an address is none of TCP6" },
        { Line("TCP6 [::1] ::1 40112 8883"), "an address is none of TCP6" },
        { Line("TCP4 192.0.2.7 198.51.100.1 65536 8883"), "a port is not between 0 and 65535" },
        { Line("TCP4 192.0.2.7 198.51.100.1 040 8883"), "a port is not between 0 and 65535" },
        { Line("TCP4 192.0.2.7 198.51.100.1 -1 8883"), "a port is not between 0 and 65535" },
        { Line("TCP4 192.0.2.7 198.51.100.1 1 +2"), "a port is not between 0 and 65535" },
        { Line("TCP4 0.0.0.0 198.51.100.1 1 2"), "its client's address is 0.0.0.0" },
        { Line("TCP6 :: ::1 1 2"), "its client's address is ::" },
        { Line("TCP4 192.0.2.7\t198.51.100.1 1 2"), "its line is no plain text" },
        { Line("TCP4 192.0.2.7 198.51.100.1 1 2\0"), "its line is no plain text" },
        { "PROXY TCP4 192.0.2.7 198.51.100.1 1 2\n"u8.ToArray(), "its line does not end with CR LF" },
        { "PROXY \n"u8.ToArray(), "its line does not end with CR LF" },
        { Encoding.ASCII.GetBytes("PROXY TCP4 " + new string('1', ProxyHeader.LongestLine)), "its line is longer than 107 bytes" },
        { Binary(0x11, 0x11, V4("192.0.2.7", 1)), "its version and command are 0x11" },
        { Binary(0x22, 0x11, V4("192.0.2.7", 1)), "its version and command are 0x22" },
        { Binary(0x21, 0x00, []), "its client does not come by TCP (0x00)" },
        { Binary(0x21, 0x12, V4("192.0.2.7", 1)), "its client does not come by TCP (0x12)" },
        { Binary(0x21, 0x31, new byte[216]), "its client does not come by TCP (0x31)" },
        { Binary(0x21, 0x11, new byte[11]), "it is too short for its addresses" },
        { Binary(0x21, 0x21, new byte[35]), "it is too short for its addresses" },
        { Binary(0x21, 0x11, new byte[12]), "its client's address is 0.0.0.0" },
        { Binary(0x21, 0x11, new byte[ProxyHeader.Longest - 15]), "it is longer than 536 bytes" },
        { [.. s_signature, 0x21, 0x11, 0xFF, 0xFF], "it is longer than 536 bytes" },
        { [.. s_signature, 0x20, 0x11, 0xFF, 0xFF], "it is longer than 536 bytes" },
    };

    [Theory]
    [MemberData(nameof(Sound))]
    public void A_header_tells_the_client_and_takes_its_own_bytes_alone(byte[] header, string? client)
    {
        var read = ProxyHeader.Read([.. header, 0x16, 0x03, 0x01]);

        Assert.Equal(ProxyRead.Whole(client is null ? null : IPEndPoint.Parse(client), header.Length), read);
    }

    [Theory]
    [MemberData(nameof(Sound))]
    public void Cut_anywhere_it_waits_for_the_rest(byte[] header, string? client)
    {
        for (var cut = 0; cut < header.Length; cut++)
        {
            Assert.NotEqual(false, ProxyHeader.Begins(header.AsSpan(0, cut)));
            Assert.Equal(ProxyRead.NeedMore, ProxyHeader.Read(header.AsSpan(0, cut)));
        }

        Assert.Equal(client, ProxyHeader.Read(header).Source?.ToString());
    }

    [Theory]
    [MemberData(nameof(Faulty))]
    public void A_header_that_tells_no_client_says_why(byte[] header, string fault) => Assert.Equal(ProxyRead.Refused(fault), ProxyHeader.Read(header));

    [Theory]
    [MemberData(nameof(Faulty))]
    public void However_it_is_cut_a_faulty_header_is_never_taken(byte[] header, string fault)
    {
        for (var cut = 0; cut < header.Length; cut++) Assert.Equal(0, ProxyHeader.Read(header.AsSpan(0, cut)).Length);

        Assert.NotNull(fault);
    }

    [Theory]
    [InlineData(new byte[] { 0x16, 0x03, 0x01 }, false)]
    [InlineData(new byte[] { (byte)'P', (byte)'U', (byte)'T' }, false)]
    [InlineData(new byte[] { 0x0D, 0x0A, 0x0A }, false)]
    [InlineData(new byte[] { (byte)'P' }, null)]
    [InlineData(new byte[] { 0x0D }, null)]
    [InlineData(new byte[0], null)]
    public void TLS_and_other_protocols_are_told_from_a_header_by_their_first_bytes(byte[] first, bool? begins) =>
        Assert.Equal(begins, ProxyHeader.Begins(first));

    [Fact]
    public void Bytes_at_random_behind_a_signature_are_taken_within_bounds_or_not_at_all()
    {
        var random = new Random(7);
        for (var i = 0; i < 20_000; i++)
        {
            var noise = new byte[random.Next(0, 600)];
            random.NextBytes(noise);
            byte[] header = i % 2 == 0 ? [.. s_signature, .. noise] : [.. "PROXY "u8, .. noise];

            var read = ProxyHeader.Read(header);

            Assert.InRange(read.Length, 0, Math.Min(header.Length, ProxyHeader.Longest));
        }
    }

    static byte[] Line(string words) => Encoding.ASCII.GetBytes($"PROXY {words}\r\n");

    static byte[] Binary(byte command, byte family, byte[] rest)
    {
        var length = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)rest.Length);
        return [.. s_signature, command, family, .. length, .. rest];
    }

    static byte[] V4(string source, ushort port) => [.. IPAddress.Parse(source).GetAddressBytes(), 198, 51, 100, 1, (byte)(port >> 8), (byte)port, 0x22, 0xB3];

    static byte[] V6(string source, ushort port) =>
        [.. IPAddress.Parse(source).GetAddressBytes(), .. IPAddress.IPv6Loopback.GetAddressBytes(), (byte)(port >> 8), (byte)port, 0x22, 0xB3];
}

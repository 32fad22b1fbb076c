using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Gateway.Actors.Accept;

/// <summary>
/// The header by which a balancer tells whom it connects: HAProxy's PROXY protocol, versions 1 (a line) and 2 (binary). Pure, and consumes nothing.
/// See https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt, sections 2.1 and 2.2.
/// </summary>
public static class ProxyHeader
{
    /// <summary>A header of version 2 with what it carries besides addresses. Origin: section 2.2: senders fit it into one segment of 536 bytes.</summary>
    public const int Longest = 536;

    /// <summary>A line of version 1, its end included. Origin: section 2.1.</summary>
    public const int LongestLine = 107;

    const int FixedLength = 16;
    const int Ipv4Block = 12;
    const int Ipv6Block = 36;

    static ReadOnlySpan<byte> Line => "PROXY "u8;

    static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>Whether these first bytes of a connection begin a header; null while there are too few to tell.</summary>
    public static bool? Begins(ReadOnlySpan<byte> first) => Begins(first, Line) switch
    {
        false => Begins(first, Signature),
        var line => line,
    };

    /// <summary>Reads a header that <see cref="Begins(ReadOnlySpan{byte})"/>.</summary>
    public static ProxyRead Read(ReadOnlySpan<byte> bytes) => Begins(bytes) switch
    {
        null => ProxyRead.NeedMore,
        true => bytes[0] == Line[0] ? ReadLine(bytes) : ReadBinary(bytes),
        false => ProxyRead.Refused("is no PROXY header"),
    };

    static bool? Begins(ReadOnlySpan<byte> first, ReadOnlySpan<byte> signature)
    {
        if (first.Length >= signature.Length) return first.StartsWith(signature);
        return signature.StartsWith(first) ? null : false;
    }

    // PROXY TCP4|TCP6 <source> <destination> <source port> <destination port> CR LF
    static ProxyRead ReadLine(ReadOnlySpan<byte> bytes)
    {
        var end = bytes[..Math.Min(bytes.Length, LongestLine)].IndexOf((byte)'\n');
        if (end < 0) return bytes.Length < LongestLine ? ProxyRead.NeedMore : ProxyRead.Refused($"its line is longer than {LongestLine} bytes");
        if (bytes[end - 1] != '\r') return ProxyRead.Refused("its line does not end with CR LF");
        var line = bytes[Line.Length..(end - 1)];
        foreach (var b in line)
            if (b is < (byte)' ' or > (byte)'~') return ProxyRead.Refused("its line is no plain text");
        var words = System.Text.Encoding.ASCII.GetString(line).Split(' ');
        if (words[0] == "UNKNOWN") return ProxyRead.Refused("it does not know the client's address (UNKNOWN)");
        if (words.Length != 5 || Family(words[0]) is not { } family) return ProxyRead.Refused("its line is none of TCP4 or TCP6 with two addresses and two ports");
        if (Address(words[1], family) is not { } source || Address(words[2], family) is null) return ProxyRead.Refused($"an address is none of {words[0]}");
        if (Port(words[3]) is not { } port || Port(words[4]) is null) return ProxyRead.Refused("a port is not between 0 and 65535");
        return Of(source, port, end + 1);
    }

    // signature[12] (version << 4 | command) (family << 4 | transport) length:u16 addresses, then what else there is: type:u8 length:u16 value, which tells
    // nothing that counts here.
    static ProxyRead ReadBinary(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < FixedLength) return ProxyRead.NeedMore;
        var (command, transport, length) = (bytes[12], bytes[13], BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]));
        if (command is not (0x20 or 0x21)) return ProxyRead.Refused($"its version and command are 0x{command:x2}");
        if (FixedLength + length > Longest) return ProxyRead.Refused($"it is longer than {Longest} bytes");
        var isLocal = command == 0x20;
        if (!isLocal && Block(transport) is var least && (least is null || length < least))
            return ProxyRead.Refused(least is null ? $"its client does not come by TCP (0x{transport:x2})" : "it is too short for its addresses");
        if (bytes.Length < FixedLength + length) return ProxyRead.NeedMore;
        if (isLocal) return ProxyRead.Whole(null, FixedLength + length);
        var block = bytes.Slice(FixedLength, length);
        return transport == 0x11
            ? Of(new IPAddress(block[..4]), BinaryPrimitives.ReadUInt16BigEndian(block[8..]), FixedLength + length)
            : Of(new IPAddress(block[..16]), BinaryPrimitives.ReadUInt16BigEndian(block[32..]), FixedLength + length);
    }

    // Access may be judged by the address: none at all is not one.
    static ProxyRead Of(IPAddress source, ushort port, int length)
    {
        var address = PeerAddress.Plain(source);
        return address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)
            ? ProxyRead.Refused($"its client's address is {address}")
            : ProxyRead.Whole(new IPEndPoint(address, port), length);
    }

    static int? Block(byte transport) => transport switch
    {
        0x11 => Ipv4Block,
        0x21 => Ipv6Block,
        _ => null,
    };

    static AddressFamily? Family(string word) => word switch
    {
        "TCP4" => AddressFamily.InterNetwork,
        "TCP6" => AddressFamily.InterNetworkV6,
        _ => null,
    };

    // IPAddress reads 010.1 as 8.0.0.1, and a zone behind a percent sign: neither is an address of the grammar.
    static IPAddress? Address(string text, AddressFamily family)
    {
        if (text.Any(c => !char.IsAsciiHexDigit(c) && c is not (':' or '.')) || !IPAddress.TryParse(text, out var address)) return null;
        if (address.AddressFamily != family) return null;
        return family == AddressFamily.InterNetworkV6 || address.ToString() == text ? address : null;
    }

    static ushort? Port(string text) =>
        text.Length is > 0 and <= 5 && text.All(char.IsAsciiDigit) && (text.Length == 1 || text[0] != '0') && ushort.TryParse(text, out var port) ? port : null;
}

/// <summary>What was read of a header: more is needed, or what it says, or why it says nothing.</summary>
/// <param name="Length">How many bytes it takes; 0 while more are needed, or nothing can be said.</param>
/// <param name="Source">The client that is told of; null for the balancer itself, which looks whether somebody listens (LOCAL).</param>
/// <param name="Fault">What is wrong with it; null when nothing is.</param>
public readonly record struct ProxyRead(int Length, IPEndPoint? Source, string? Fault)
{
    public static readonly ProxyRead NeedMore;

    public static ProxyRead Whole(IPEndPoint? source, int length) => new(length, source, null);

    public static ProxyRead Refused(string fault) => new(0, null, fault);
}

using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Gateway.Protocols;

namespace Gateway.Cli.Pcap;

/// <summary>TCP's control bits (RFC 9293 section 3.1).</summary>
[Flags]
enum TcpFlags : byte
{
    None = 0,
    Fin = 0x01,
    Syn = 0x02,
    Rst = 0x04,
    Psh = 0x08,
    Ack = 0x10,
}

/// <summary>
/// Makes the Ethernet frames of one TCP connection between a client and a server: IPv4 (RFC 791) or IPv6 (RFC 8200) as the client's address is,
/// sequence and acknowledgement numbers that follow what was sent, valid checksums. A frame is only valid until the next.
/// </summary>
sealed class TcpSegments(IPEndPoint client, IPEndPoint server)
{
    const int EthernetHeader = 14;
    const int TcpHeader = 20;
    const byte TcpProtocol = 6;

    /// <summary>Bytes of an Ethernet frame after its header.</summary>
    const int Mtu = 1500;

    readonly bool _isV6 = client.AddressFamily == AddressFamily.InterNetworkV6;
    readonly byte[] _frame = new byte[EthernetHeader + Mtu];
    readonly uint[] _next = new uint[2];
    ushort _identification;

    /// <summary>Bytes of payload that fit one frame.</summary>
    public int MaxSegment => Mtu - IpHeader - TcpHeader;

    int IpHeader => _isV6 ? 40 : 20;

    /// <summary>The next segment of one direction. SYN and FIN count as a byte of the stream.</summary>
    public ReadOnlySpan<byte> Next(Direction direction, TcpFlags flags, ReadOnlySpan<byte> payload)
    {
        var (from, to) = direction == Direction.ToUpstream ? (client, server) : (server, client);
        var tcp = _frame.AsSpan(EthernetHeader + IpHeader, TcpHeader + payload.Length);
        WriteTcp(tcp, direction, from, to, flags, payload);
        if (_isV6) WriteV6(_frame.AsSpan(EthernetHeader), from.Address, to.Address, tcp.Length);
        else WriteV4(_frame.AsSpan(EthernetHeader), from.Address, to.Address, tcp.Length);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[16..], Checksum(tcp, PseudoHeader(from.Address, to.Address, tcp.Length)));
        WriteEthernet(direction);
        var spent = (uint)payload.Length + ((flags & (TcpFlags.Syn | TcpFlags.Fin)) != 0 ? 1u : 0);
        _next[(int)direction] += spent;
        return _frame.AsSpan(0, EthernetHeader + IpHeader + tcp.Length);
    }

    void WriteTcp(Span<byte> tcp, Direction direction, IPEndPoint from, IPEndPoint to, TcpFlags flags, ReadOnlySpan<byte> payload)
    {
        BinaryPrimitives.WriteUInt16BigEndian(tcp, (ushort)from.Port);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[2..], (ushort)to.Port);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], _next[(int)direction]);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[8..], (flags & TcpFlags.Ack) == 0 ? 0 : _next[1 - (int)direction]);
        tcp[12] = TcpHeader / 4 << 4;
        tcp[13] = (byte)flags;
        // The window, then no checksum yet, and no urgent pointer.
        BinaryPrimitives.WriteUInt16BigEndian(tcp[14..], ushort.MaxValue);
        tcp.Slice(16, 4).Clear();
        payload.CopyTo(tcp[TcpHeader..]);
    }

    void WriteV4(Span<byte> ip, IPAddress from, IPAddress to, int length)
    {
        var header = ip[..20];
        header.Clear();
        header[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)(20 + length));
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], _identification++);
        // Not to be fragmented.
        header[6] = 0x40;
        header[8] = 64;
        header[9] = TcpProtocol;
        from.TryWriteBytes(header[12..], out _);
        to.TryWriteBytes(header[16..], out _);
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], Checksum(header, 0));
    }

    static void WriteV6(Span<byte> ip, IPAddress from, IPAddress to, int length)
    {
        var header = ip[..40];
        header.Clear();
        header[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], (ushort)length);
        header[6] = TcpProtocol;
        header[7] = 64;
        from.TryWriteBytes(header[8..], out _);
        to.TryWriteBytes(header[24..], out _);
    }

    // Locally administered addresses: 02:..:01 the client, 02:..:02 the gateway.
    void WriteEthernet(Direction direction)
    {
        var header = _frame.AsSpan(0, EthernetHeader);
        header.Clear();
        header[0] = header[6] = 0x02;
        (header[5], header[11]) = direction == Direction.ToUpstream ? ((byte)2, (byte)1) : ((byte)1, (byte)2);
        BinaryPrimitives.WriteUInt16BigEndian(header[12..], _isV6 ? (ushort)0x86DD : (ushort)0x0800);
    }

    /// <summary>The sum of the pseudo-header: both addresses, the protocol and TCP's length (RFC 9293 section 3.1, RFC 8200 section 8.1).</summary>
    static uint PseudoHeader(IPAddress from, IPAddress to, int length)
    {
        Span<byte> addresses = stackalloc byte[32];
        from.TryWriteBytes(addresses, out var first);
        to.TryWriteBytes(addresses[first..], out var second);
        return Sum(addresses[..(first + second)], TcpProtocol + (uint)length);
    }

    /// <summary>The one's complement of the one's complement sum of all 16-bit words (RFC 1071).</summary>
    static ushort Checksum(ReadOnlySpan<byte> bytes, uint start)
    {
        var sum = Sum(bytes, start);
        while (sum >> 16 != 0) sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)~sum;
    }

    static uint Sum(ReadOnlySpan<byte> bytes, uint sum)
    {
        for (; bytes.Length > 1; bytes = bytes[2..]) sum += BinaryPrimitives.ReadUInt16BigEndian(bytes);
        return bytes.IsEmpty ? sum : sum + (uint)(bytes[0] << 8);
    }
}

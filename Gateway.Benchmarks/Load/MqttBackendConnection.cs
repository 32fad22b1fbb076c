using Gateway.Benchmarks.Tls;
using Gateway.Protocols.Mqtt;

namespace Gateway.Benchmarks.Load;

/// <summary>
/// The least that passes for a broker: answers CONNECT and PINGREQ, sends QoS 0 publications of one topic back and swallows the others.
/// </summary>
sealed class MqttBackendConnection(TlsConnection tls) : HeldBackendConnection(tls)
{
    static readonly byte[] s_connAck = [0x20, 2, 0, 0];
    static readonly byte[] s_pingResponse = [0xD0, 0];

    protected override int? Take(ReadOnlySpan<byte> held)
    {
        var status = FixedHeader.TryRead(held, out var header);
        if (status == ReadStatus.Malformed || header.PacketLength > InboxBytes) return null;
        if (status == ReadStatus.NeedMore || header.PacketLength > held.Length) return 0;
        var length = (int)header.PacketLength;
        return TryReply(Answer(header, held[..length])) ? length : null;
    }

    static ReadOnlySpan<byte> Answer(FixedHeader header, ReadOnlySpan<byte> packet) => header.Type switch
    {
        PacketType.Connect => s_connAck,
        PacketType.PingReq => s_pingResponse,
        PacketType.Publish when packet[(header.Length + 2)..].StartsWith("echo"u8) => packet,
        _ => [],
    };
}

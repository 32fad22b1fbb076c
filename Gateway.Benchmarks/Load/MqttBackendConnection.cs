using Gateway.Benchmarks.Tls;
using Gateway.Protocols.Mqtt;

namespace Gateway.Benchmarks.Load;

/// <summary>
/// The least that passes for a broker: answers CONNECT and PINGREQ, sends QoS 0 publications of one topic back and swallows the others.
/// </summary>
sealed class MqttBackendConnection(TlsConnection tls) : BackendConnection(tls)
{
    static readonly byte[] s_connAck = [0x20, 2, 0, 0];
    static readonly byte[] s_pingResponse = [0xD0, 0];

    readonly byte[] _inbox = new byte[Dialogue.BlockBytes];
    int _held;

    protected override bool Talk()
    {
        while (true)
        {
            var progress = Flush();
            if (progress > 0) progress = Tls.Read(_inbox.AsSpan(_held));
            if (progress <= 0) return progress == TlsConnection.WouldBlock;
            _held += progress;
            if (!AnswerPackets()) return false;
        }
    }

    bool AnswerPackets()
    {
        var at = 0;
        while (true)
        {
            var status = FixedHeader.TryRead(_inbox.AsSpan(at, _held - at), out var header);
            if (status == ReadStatus.Malformed || header.PacketLength > _inbox.Length) return false;
            if (status == ReadStatus.NeedMore || header.PacketLength > _held - at) break;
            if (!Answer(header, _inbox.AsSpan(at, (int)header.PacketLength))) return false;
            at += (int)header.PacketLength;
        }

        _inbox.AsSpan(at, _held - at).CopyTo(_inbox);
        _held -= at;
        return true;
    }

    bool Answer(FixedHeader header, ReadOnlySpan<byte> packet)
    {
        var reply = header.Type switch
        {
            PacketType.Connect => s_connAck,
            PacketType.PingReq => s_pingResponse,
            PacketType.Publish when packet[(header.Length + 2)..].StartsWith("echo"u8) => packet,
            _ => [],
        };
        // The client waits for one answer before it asks for the next: a full outbox is a broken promise of the load generator.
        if (reply.Length > Room) return false;
        Queue(reply);
        return true;
    }
}

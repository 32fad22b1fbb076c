using System.Buffers;

namespace Gateway.Protocols.Mqtt;

/// <summary>Packets of the gateway's own making.</summary>
static class Packet
{
    public static byte[] Whole(PacketType type, byte flags, ReadOnlySpan<byte> body)
    {
        var packet = new ArrayBufferWriter<byte>(body.Length + 5);
        new FixedHeader(type, flags, 0, (uint)body.Length).Write(packet);
        packet.Write(body);
        return packet.WrittenSpan.ToArray();
    }
}

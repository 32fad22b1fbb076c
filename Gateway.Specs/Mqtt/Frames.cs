using System.Buffers;
using System.Text;
using Gateway.Protocols.Mqtt;

namespace Gateway.Specs.Mqtt;

/// <summary>Well-formed packets to play with.</summary>
static class Frames
{
    public static byte[] Connect(ProtocolLevel level, string? user, string? password)
    {
        var flags = 2 | (user is null ? 0 : 0x80) | (password is null ? 0 : 0x40);
        return Packet(0x10, [.. Text("MQTT"), (byte)level, (byte)flags, 0, 60, .. Properties(level), .. Text("c1"),
            .. user is null ? [] : Text(user), .. password is null ? [] : Text(password)]);
    }

    /// <summary>A successful CONNACK, of a server that accepts ten topic aliases where MQTT 5 has them.</summary>
    public static byte[] ConnAck(ProtocolLevel level, bool aliases = false) =>
        Packet(0x20, [0, 0, .. aliases && level == ProtocolLevel.V5 ? [3, PropertyTable.TopicAliasMaximum, 0, 10] : Properties(level)]);

    /// <summary>MQTT 5: a PUBLISH that gives its topic that alias, or relies on it where the topic is empty.</summary>
    public static byte[] PublishByAlias(string topic, byte alias) => Packet(0x30, [.. Text(topic), 3, PropertyTable.TopicAlias, 0, alias]);

    public static byte[] Publish(ProtocolLevel level, string topic, string payload, int qos = 0) =>
        Packet(
            (byte)(0x30 | qos << 1),
            [.. Text(topic), .. qos > 0 ? new byte[] { 0, 1 } : [], .. Properties(level), .. Encoding.UTF8.GetBytes(payload)]);

    /// <summary>The start of a PUBLISH whose remaining length is announced as <paramref name="remaining"/>.</summary>
    public static byte[] PublishHead(ProtocolLevel level, string topic, uint remaining)
    {
        var head = new ArrayBufferWriter<byte>();
        new FixedHeader(PacketType.Publish, 0, 0, remaining).Write(head);
        head.Write<byte>([.. Text(topic), .. Properties(level)]);
        return head.WrittenSpan.ToArray();
    }

    public static byte[] Subscribe(ProtocolLevel level, ushort id, params string[] filters) =>
        Packet(0x82, [(byte)(id >> 8), (byte)id, .. Properties(level), .. filters.SelectMany(f => (byte[])[.. Text(f), 0])]);

    static byte[] Properties(ProtocolLevel level) => level == ProtocolLevel.V5 ? [0] : [];

    static byte[] Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return [(byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes];
    }

    static byte[] Packet(byte first, byte[] body)
    {
        var packet = new ArrayBufferWriter<byte>();
        new FixedHeader((PacketType)(first >> 4), (byte)(first & 15), 0, (uint)body.Length).Write(packet);
        packet.Write(body);
        return packet.WrittenSpan.ToArray();
    }
}

using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Gateway.Benchmarks.Tls;
using Gateway.Protocols.Mqtt;

namespace Gateway.Benchmarks.Load;

/// <summary>
/// What client and backend say to each other, raw, as MQTT 3.1.1 or as Kafka. Each way the backend answers a marker once it has read
/// everything before it, so that a finished exchange is one whose bytes have all arrived.
/// </summary>
abstract class Dialogue
{
    /// <summary>Bytes of one message, there and back.</summary>
    public const int MessageBytes = 100;

    /// <summary>Bytes of one of <see cref="Blocks"/>.</summary>
    public const int BlockBytes = 64 * 1024;

    /// <summary>Opens both legs and shows that they carry bytes.</summary>
    public abstract byte[] Opening { get; }

    public abstract int OpeningReply { get; }

    /// <summary>Says that, and hears its answer.</summary>
    public virtual LoadTask Open(TlsConnection connection, byte[] scratch) => Exchange.Opening(connection, this, scratch);

    /// <summary>Bulk traffic, sent one after the other, over and over.</summary>
    public abstract IReadOnlyList<byte[]> Blocks { get; }

    /// <summary>Follows the last block; the backend then answers <see cref="FinishReply"/> bytes.</summary>
    public abstract byte[] Finish { get; }

    public abstract int FinishReply { get; }

    /// <summary>One message of <see cref="MessageBytes"/>, or about that, which is answered.</summary>
    public abstract byte[] Message { get; }

    /// <summary>Bytes of its answer; unless said otherwise it comes back as it is.</summary>
    public virtual int MessageReply => MessageBytes;

    /// <summary>Announces so many blocks.</summary>
    public abstract byte[] BeforeBlocks(long blocks);

    /// <summary>Announces so many messages.</summary>
    public abstract byte[] BeforeMessages(int messages);
}

/// <summary>Nine bytes of command (<c>operation (u8) | bytes that follow (u64)</c>), then the bytes.</summary>
sealed class RawDialogue(IReadOnlyList<byte[]> blocks) : Dialogue
{
    public const int CommandBytes = 9;
    public const byte Echo = (byte)'E', Sink = (byte)'S', Download = (byte)'D';

    public override byte[] Opening { get; } = [.. Command(Echo, 1), 1];

    public override int OpeningReply => 1;

    public override IReadOnlyList<byte[]> Blocks { get; } = blocks;

    public override byte[] Finish => [];

    public override int FinishReply => 1;

    public override byte[] Message { get; } = blocks[0][..MessageBytes];

    public override byte[] BeforeBlocks(long blocks) => Command(Sink, blocks * BlockBytes);

    public override byte[] BeforeMessages(int messages) => Command(Echo, (long)messages * MessageBytes);

    public static byte[] Command(byte operation, long bytes)
    {
        var command = new byte[CommandBytes];
        command[0] = operation;
        BinaryPrimitives.WriteInt64BigEndian(command.AsSpan(1), bytes);
        return command;
    }
}

/// <summary>
/// QoS 0 publications of 1 KiB to a topic that the backend swallows, or of 100 bytes to one that it sends back; PINGREQ is the marker.
/// </summary>
sealed class MqttDialogue(IReadOnlyList<byte[]> blocks) : Dialogue
{
    const string SinkTopic = "sink", EchoTopic = "echo";
    const int PacketBytes = 1024;

    static readonly byte[] s_pingRequest = [0xC0, 0];

    public override byte[] Opening { get; } = [.. Connect, .. s_pingRequest];

    // CONNACK and PINGRESP.
    public override int OpeningReply => 4 + 2;

    public override IReadOnlyList<byte[]> Blocks { get; } = [.. blocks.Select(Published)];

    public override byte[] Finish => s_pingRequest;

    public override int FinishReply => 2;

    public override byte[] Message { get; } = Publish(EchoTopic, blocks[0], MessageBytes);

    public override byte[] BeforeBlocks(long blocks) => [];

    public override byte[] BeforeMessages(int messages) => [];

    static byte[] Published(byte[] block) =>
    [
        .. Enumerable.Range(0, BlockBytes / PacketBytes).SelectMany(i => Publish(SinkTopic, block.AsSpan(i * PacketBytes), PacketBytes)),
    ];

    /// <summary>A whole packet of <paramref name="total"/> bytes, filled with the start of <paramref name="payload"/>.</summary>
    static byte[] Publish(string topic, ReadOnlySpan<byte> payload, int total)
    {
        var remaining = total - (total > 129 ? 3 : 2);
        var packet = new ArrayBufferWriter<byte>(total);
        new FixedHeader(PacketType.Publish, 0, 0, (uint)remaining).Write(packet);
        packet.Write((ReadOnlySpan<byte>)[0, (byte)topic.Length, .. Encoding.ASCII.GetBytes(topic)]);
        packet.Write(payload[..(total - packet.WrittenCount)]);
        return packet.WrittenSpan.ToArray();
    }

    /// <summary>Protocol level 4, clean session, no keep-alive, an empty client identifier. MQTT 3.1.1 section 3.1.</summary>
    public static ReadOnlySpan<byte> Connect => [0x10, 12, 0, 4, (byte)'M', (byte)'Q', (byte)'T', (byte)'T', 4, 2, 0, 0, 0, 0];
}

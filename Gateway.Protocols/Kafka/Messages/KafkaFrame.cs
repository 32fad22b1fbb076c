using System.Buffers;
using System.Buffers.Binary;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Kafka.Wire;

namespace Gateway.Protocols.Kafka.Messages;

/// <summary>Whole frames of messages that the gateway makes itself.</summary>
public static class KafkaFrame
{
    /// <summary>How the gateway names itself where it is the client.</summary>
    static readonly byte[] s_clientId = "gateway"u8.ToArray();

    /// <summary>A response: <c>size(4) correlationId(4) [tags] body</c>.</summary>
    public static byte[] Response(MessageLayout layout, int correlationId, StructValue body)
    {
        var frame = new ArrayBufferWriter<byte>();
        Reserve(frame);
        WriteNumber(frame, correlationId);
        if (ResponseHead.HasTags(layout)) frame.Write("\0"u8);
        MessageWriter.Write(body, frame);
        return Sized(frame);
    }

    /// <summary>A request: <c>size(4) apiKey(2) apiVersion(2) correlationId(4) clientId [tags] body</c>.</summary>
    public static byte[] Request(MessageLayout layout, int correlationId, StructValue body) => Request(layout, correlationId, s_clientId, body);

    /// <inheritdoc cref="Request(MessageLayout, int, StructValue)"/>
    public static byte[] Request(MessageLayout layout, int correlationId, ReadOnlySpan<byte> clientId, StructValue body)
    {
        var frame = new ArrayBufferWriter<byte>();
        Reserve(frame);
        WriteNumber(frame, layout.Key << 16 | (ushort)layout.Version);
        WriteNumber(frame, correlationId);
        WriteShort(frame, (short)clientId.Length);
        frame.Write(clientId);
        if (layout.IsFlexible) frame.Write("\0"u8);
        MessageWriter.Write(body, frame);
        return Sized(frame);
    }

    /// <summary>A frame with the header of another, its size included, and a body of its own.</summary>
    public static byte[] Again(ReadOnlySpan<byte> head, StructValue body)
    {
        var frame = new ArrayBufferWriter<byte>();
        frame.Write(head);
        MessageWriter.Write(body, frame);
        return Sized(frame);
    }

    static void Reserve(ArrayBufferWriter<byte> frame) => WriteNumber(frame, 0);

    static void WriteNumber(ArrayBufferWriter<byte> frame, int number)
    {
        BinaryPrimitives.WriteInt32BigEndian(frame.GetSpan(sizeof(int)), number);
        frame.Advance(sizeof(int));
    }

    static void WriteShort(ArrayBufferWriter<byte> frame, short number)
    {
        BinaryPrimitives.WriteInt16BigEndian(frame.GetSpan(sizeof(short)), number);
        frame.Advance(sizeof(short));
    }

    static byte[] Sized(ArrayBufferWriter<byte> frame)
    {
        var bytes = frame.WrittenSpan.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(bytes, bytes.Length - sizeof(int));
        return bytes;
    }
}

using System.Buffers.Binary;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Kafka.Wire;

namespace Gateway.Specs.Support;

/// <summary>Frames of Kafka, as a peer that is a spec's own sends and takes them.</summary>
static class KafkaWire
{
    /// <summary>The next frame without its size; null where there is none.</summary>
    public static async Task<byte[]?> FrameAsync(Stream peer)
    {
        var size = new byte[4];
        if (await peer.ReadAtLeastAsync(size, size.Length, throwOnEndOfStream: false) < size.Length) return null;
        var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(size)];
        await peer.ReadExactlyAsync(frame);
        return frame;
    }

    public static byte[] Framed(byte[] frame) => [(byte)(frame.Length >> 24), (byte)(frame.Length >> 16), (byte)(frame.Length >> 8), (byte)frame.Length, .. frame];

    public static StructValue Request(MessageLayout layout, ReadOnlySpan<byte> frame)
    {
        var at = 10 + Math.Max(0, (int)BinaryPrimitives.ReadInt16BigEndian(frame[8..])) + (layout.IsFlexible ? 1 : 0);
        return Read(layout, frame[at..]);
    }

    public static StructValue Response(MessageLayout layout, ReadOnlySpan<byte> frame) => Read(layout, frame[(ResponseHead.HasTags(layout) ? 5 : 4)..]);

    static StructValue Read(MessageLayout layout, ReadOnlySpan<byte> body)
    {
        var reader = new MessageReader();
        return reader.Read(layout, body, 10_000) ?? throw new InvalidDataException($"{layout}: {reader.Fault}");
    }
}

using System.Buffers.Binary;
using Gateway.Protocols.Kafka.Schema;

namespace Gateway.Protocols.Kafka.Wire;

/// <summary>The start of a response: <c>size(4) correlationId(4) [tags]</c>, the tags in flexible versions only, and never for ApiVersions.</summary>
/// <param name="Size">Bytes of the frame after its size.</param>
/// <param name="CorrelationId">That of the request.</param>
/// <param name="Length">Bytes of the header, its size included; 0 where more is needed.</param>
public readonly record struct ResponseHead(int Size, int CorrelationId, int Length)
{
    public const int Fixed = 8;

    public long FrameLength => (long)sizeof(int) + Size;

    public long BodyLength => FrameLength - Length;

    /// <summary>Whether responses of that message have tags in their header.</summary>
    public static bool HasTags(MessageLayout layout) => layout.IsFlexible && layout.Key != ApiKeys.ApiVersions;

    /// <summary>Reads it, of a response of that message. False when it is malformed.</summary>
    public static bool TryRead(ReadOnlySpan<byte> input, MessageLayout layout, out ResponseHead head)
    {
        head = default;
        if (input.Length < sizeof(int)) return true;
        var size = BinaryPrimitives.ReadInt32BigEndian(input);
        if (size < Fixed - sizeof(int)) return false;
        if (input.Length < Fixed) return true;
        var start = new ResponseHead(size, BinaryPrimitives.ReadInt32BigEndian(input[4..]), Fixed);
        if (!HasTags(layout))
        {
            head = start;
            return true;
        }

        var frame = input.Length <= start.FrameLength ? input : input[..(int)start.FrameLength];
        var tags = TagSection.Measure(frame[Fixed..]);
        if (tags > 0) head = start with { Length = Fixed + tags };
        return tags > 0 || tags == 0 && frame.Length < start.FrameLength;
    }
}

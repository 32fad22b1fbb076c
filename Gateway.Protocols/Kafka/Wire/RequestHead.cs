using System.Buffers.Binary;
using Gateway.Protocols.Kafka.Schema;

namespace Gateway.Protocols.Kafka.Wire;

/// <summary>
/// The start of a request: <c>size(4) apiKey(2) apiVersion(2) correlationId(4) clientId(int16 string, may be null) [tags]</c>. The tags are
/// there in flexible versions only, and the client id's length is an int16 even then (RequestHeader v1 and v2).
/// </summary>
/// <param name="Size">Bytes of the frame after its size: the rest of the header, and the body.</param>
/// <param name="Key">The API.</param>
/// <param name="Version">The version of the API.</param>
/// <param name="CorrelationId">What the response will be known by.</param>
/// <param name="Length">Bytes of the header, its size included.</param>
public readonly record struct RequestHead(int Size, short Key, short Version, int CorrelationId, int Length)
{
    /// <summary>Bytes of size, key, version and correlation id, which every request begins with.</summary>
    public const int Fixed = 12;

    /// <summary>Bytes of the frame, its size included.</summary>
    public long FrameLength => (long)sizeof(int) + Size;

    public long BodyLength => FrameLength - Length;

    /// <summary>
    /// Reads it; its <see cref="Length"/> is 0 where more is needed. Where the API is not known, or not in that version, the header ends with the
    /// correlation id: what follows cannot be read. False when it is malformed.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> input, out RequestHead head)
    {
        head = default;
        if (input.Length < sizeof(int)) return true;
        var size = BinaryPrimitives.ReadInt32BigEndian(input);
        if (size < Fixed - sizeof(int)) return false;
        if (input.Length < Fixed) return true;
        var key = BinaryPrimitives.ReadInt16BigEndian(input[4..]);
        var version = BinaryPrimitives.ReadInt16BigEndian(input[6..]);
        var start = new RequestHead(size, key, version, BinaryPrimitives.ReadInt32BigEndian(input[8..]), Fixed);
        if (KafkaApi.Find(key) is not { } api || !api.Versions.Contains(version))
        {
            head = start;
            return true;
        }

        var isRead = TryReadRest(Within(input, start.FrameLength), api.Flexible.Contains(version), out var length);
        if (length > 0) head = start with { Length = length };
        return isRead && (length > 0 || input.Length < start.FrameLength);
    }

    static bool TryReadRest(ReadOnlySpan<byte> input, bool isFlexible, out int length)
    {
        length = 0;
        if (input.Length < Fixed + sizeof(short)) return true;
        var clientId = BinaryPrimitives.ReadInt16BigEndian(input[Fixed..]);
        if (clientId < -1) return false;
        var end = Fixed + sizeof(short) + Math.Max((short)0, clientId);
        if (input.Length < end) return true;
        if (!isFlexible)
        {
            length = end;
            return true;
        }

        var tags = TagSection.Measure(input[end..]);
        if (tags > 0) length = end + tags;
        return tags >= 0;
    }

    /// <summary>The client id of a header that was read.</summary>
    public static ReadOnlySpan<byte> ClientId(ReadOnlySpan<byte> head)
    {
        if (head.Length < Fixed + sizeof(short)) return default;
        var length = BinaryPrimitives.ReadInt16BigEndian(head[Fixed..]);
        return length < 0 ? default : head.Slice(Fixed + sizeof(short), length);
    }

    static ReadOnlySpan<byte> Within(ReadOnlySpan<byte> input, long length) => input.Length <= length ? input : input[..(int)length];
}

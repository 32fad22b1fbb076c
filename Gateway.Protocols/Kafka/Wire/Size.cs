using System.Buffers.Binary;

namespace Gateway.Protocols.Kafka.Wire;

/// <summary>The lengths and counts of both encodings, -1 meaning null. Each yields the bytes it takes: 0 when more is needed, -1 when it is none.</summary>
static class Size
{
    /// <summary>Of a string: an int16, or compact.</summary>
    public static int String(ReadOnlySpan<byte> input, bool isCompact, out long length)
    {
        if (isCompact) return Compact(input, out length);
        length = input.Length >= sizeof(short) ? BinaryPrimitives.ReadInt16BigEndian(input) : 0;
        return input.Length >= sizeof(short) ? sizeof(short) : 0;
    }

    /// <summary>Of bytes, records and arrays: an int32, or compact.</summary>
    public static int Bytes(ReadOnlySpan<byte> input, bool isCompact, out long length)
    {
        if (isCompact) return Compact(input, out length);
        length = input.Length >= sizeof(int) ? BinaryPrimitives.ReadInt32BigEndian(input) : 0;
        return input.Length >= sizeof(int) ? sizeof(int) : 0;
    }

    /// <summary>One more than the length, so that 0 is null. KIP-482.</summary>
    static int Compact(ReadOnlySpan<byte> input, out long length)
    {
        var consumed = UnsignedVarint.TryRead(input, out var more);
        length = more - 1L;
        return consumed;
    }
}

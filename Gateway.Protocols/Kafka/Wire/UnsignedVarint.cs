using System.Buffers;

namespace Gateway.Protocols.Kafka.Wire;

/// <summary>Kafka's compact lengths, counts and tags: seven bits a byte, the least ones first, of at most 32 bits. KIP-482.</summary>
public static class UnsignedVarint
{
    public const int MostBytes = 5;

    /// <summary>Reads one; its length is 0 when more is needed, and -1 when it can never become one.</summary>
    public static int TryRead(ReadOnlySpan<byte> input, out uint value)
    {
        value = 0;
        for (var i = 0; i < MostBytes; i++)
        {
            if (i == input.Length) return 0;
            var part = input[i];
            // The fifth byte holds the four bits that are left.
            if (i == MostBytes - 1 && part > 0x0F) return -1;
            value |= (uint)(part & 0x7F) << (7 * i);
            if (part < 0x80) return i + 1;
        }

        return -1;
    }

    public static int Length(uint value) => value < 1u << 7 ? 1 : value < 1u << 14 ? 2 : value < 1u << 21 ? 3 : value < 1u << 28 ? 4 : 5;

    public static void Write(IBufferWriter<byte> target, uint value)
    {
        var bytes = target.GetSpan(MostBytes);
        target.Advance(Write(bytes, value));
    }

    /// <summary>Writes one to the start of <paramref name="target"/>; its length.</summary>
    public static int Write(Span<byte> target, uint value)
    {
        var at = 0;
        for (; value >= 0x80; value >>= 7) target[at++] = (byte)(value | 0x80);
        target[at++] = (byte)value;
        return at;
    }
}

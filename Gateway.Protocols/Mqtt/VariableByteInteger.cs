using System.Buffers;

namespace Gateway.Protocols.Mqtt;

/// <summary>
/// An integer of 0 to 268,435,455 in 1 to 4 bytes, seven bits each, least significant first, the top bit meaning "more". MQTT 5
/// section 1.5.5; an encoding longer than needed is malformed ([MQTT-1.5.5-1]).
/// </summary>
public static class VariableByteInteger
{
    public const uint Max = 268_435_455;

    public static ReadStatus TryRead(ReadOnlySpan<byte> source, out uint value, out int length)
    {
        value = 0;
        for (length = 0; length < 4;)
        {
            if (length == source.Length) return ReadStatus.NeedMore;
            var digit = source[length];
            value |= (uint)(digit & 0x7F) << (7 * length++);
            if (digit < 0x80) return digit == 0 && length > 1 ? ReadStatus.Malformed : ReadStatus.Read;
        }

        return ReadStatus.Malformed;
    }

    /// <summary>Bytes <paramref name="value"/> takes.</summary>
    public static int Length(uint value) => value < 1 << 7 ? 1 : value < 1 << 14 ? 2 : value < 1 << 21 ? 3 : 4;

    public static void Write(IBufferWriter<byte> target, uint value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Max);
        var length = Length(value);
        var bytes = target.GetSpan(length);
        for (var i = 0; i < length; i++, value >>= 7) bytes[i] = (byte)((value & 0x7F) | (i < length - 1 ? 0x80u : 0));
        target.Advance(length);
    }
}

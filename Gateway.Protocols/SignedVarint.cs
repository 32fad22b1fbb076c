namespace Gateway.Protocols;

/// <summary>
/// The numbers of Kafka's records and of Avro's binary encoding: zigzag, seven bits a byte, the least ones first. Those of 32 bits take at most 5 bytes,
/// those of 64 at most 10.
/// </summary>
static class SignedVarint
{
    const int MostBytes = 10;

    /// <summary>
    /// Takes one from the start; false where the bytes end within it, or it has more than <paramref name="bits"/> bits: readers that do not look would see
    /// another number, and with it other fields.
    /// </summary>
    public static bool TryTake(ref ReadOnlySpan<byte> bytes, int bits, out long value)
    {
        value = 0;
        ulong raw = 0;
        var most = (bits + 6) / 7;
        for (var i = 0; i < most && i < bytes.Length; i++)
        {
            var part = bytes[i];
            if (i == most - 1 && part >> (bits - 7 * i) != 0) return false;
            raw |= (ulong)(part & 0x7F) << (7 * i);
            if (part >= 0x80) continue;
            bytes = bytes[(i + 1)..];
            value = (long)(raw >> 1) ^ -(long)(raw & 1);
            return true;
        }

        return false;
    }

    public static void Write(PooledWriter target, long value)
    {
        var raw = (ulong)(value << 1 ^ value >> 63);
        var bytes = target.GetSpan(MostBytes);
        var length = 0;
        for (; raw >= 0x80; raw >>= 7) bytes[length++] = (byte)(raw | 0x80);
        bytes[length++] = (byte)raw;
        target.Advance(length);
    }
}

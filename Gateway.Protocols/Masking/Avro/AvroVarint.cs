namespace Gateway.Protocols.Masking.Avro;

/// <summary>The numbers of Avro's binary encoding: zigzag, seven bits a byte, the least ones first.</summary>
static class AvroVarint
{
    const int MostBytes = 10;

    /// <summary>
    /// Reads one; false where the bytes end within it, or it has more than those bits: readers that do not look would see another number, and with it
    /// other fields.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, ref int at, int bits, out long value)
    {
        value = 0;
        if ((uint)at < (uint)bytes.Length && bytes[at] < 0x80)
        {
            var small = bytes[at++];
            value = (small >> 1) ^ -(small & 1);
            return true;
        }

        var raw = 0UL;
        var most = (bits + 6) / 7;
        for (var i = 0; i < most && at + i < bytes.Length; i++)
        {
            var part = bytes[at + i];
            if (i == most - 1 && part >> (bits - 7 * i) != 0) return false;
            raw |= (ulong)(part & 0x7F) << (7 * i);
            if (part >= 0x80) continue;
            at += i + 1;
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

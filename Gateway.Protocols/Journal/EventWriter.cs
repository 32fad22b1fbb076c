using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Gateway.Protocols.Journal;

/// <summary>
/// Writes the primitives of the journal format:
/// <list type="bullet">
/// <item>byte, flag: 1 byte; a flag is 0 or 1.</item>
/// <item>u16: 2 bytes, little-endian. time: 8 bytes, little-endian, two's complement.</item>
/// <item>varint: unsigned LEB128 in its shortest form, least significant group first, at most 10 bytes.</item>
/// <item>text: varint length in bytes, UTF-8. bytes: varint length, then the bytes.</item>
/// <item>optional X: flag, then X if the flag is 1.</item>
/// </list>
/// </summary>
public readonly ref struct EventWriter(IBufferWriter<byte> output)
{
    public void Byte(byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    public void Flag(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void Refusal(Refusal value) => U16((ushort)value);

    public void U16(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(output.GetSpan(2), value);
        output.Advance(2);
    }

    /// <summary>Microseconds since the Unix epoch.</summary>
    public void Time(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(output.GetSpan(8), value);
        output.Advance(8);
    }

    public void OptionalTime(long? value)
    {
        Flag(value.HasValue);
        if (value is { } time)
            Time(time);
    }

    public void VarInt(ulong value)
    {
        var span = output.GetSpan(10);
        var n = 0;
        for (; value >= 0x80; value >>= 7)
            span[n++] = (byte)(value | 0x80);
        span[n++] = (byte)value;
        output.Advance(n);
    }

    /// <summary>A count or length that cannot be negative; a negative one is the caller's broken promise.</summary>
    public void Count(long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        VarInt((ulong)value);
    }

    public void Text(string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        Require(length, EventLimits.Text, "text");
        VarInt((ulong)length);
        output.Advance(Encoding.UTF8.GetBytes(value, output.GetSpan(length)));
    }

    public void OptionalText(string? value)
    {
        Flag(value is not null);
        if (value is not null)
            Text(value);
    }

    public void Bytes(ReadOnlySpan<byte> value, int most)
    {
        Require(value.Length, most, "bytes");
        VarInt((ulong)value.Length);
        output.Write(value);
    }

    /// <summary>Bytes whose number the format fixes.</summary>
    public void Fixed(ReadOnlySpan<byte> value, int length)
    {
        if (value.Length != length)
            throw new ArgumentException($"The format holds exactly {length} bytes here, not {value.Length}.");
        output.Write(value);
    }

    public void ListLength(int count, int most)
    {
        Require(count, most, "list");
        VarInt((ulong)count);
    }

    static void Require(int length, int most, string what)
    {
        if (length > most)
            throw new ArgumentException($"A {what} of {length} exceeds the format's cap of {most}.");
    }
}

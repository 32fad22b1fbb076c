using System.Buffers.Binary;
using System.Text;

namespace Gateway.Protocols.Journal;

/// <summary>
/// Reads the primitives <see cref="EventWriter"/> documents. Every form but the one the writer produces is refused with a
/// <see cref="JournalFormatException"/>, so that what decodes also encodes to the same bytes.
/// </summary>
public ref struct EventReader(ReadOnlySpan<byte> input)
{
    static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    readonly ReadOnlySpan<byte> _input = input;

    /// <summary>Bytes read so far.</summary>
    public int Offset { get; private set; }

    public readonly int Remaining => _input.Length - Offset;

    public byte Byte() => Take(1)[0];

    public bool Flag()
    {
        var at = Offset;
        return Byte() switch
        {
            0 => false,
            1 => true,
            var other => throw new JournalFormatException(at, $"A flag is 0 or 1, not {other}"),
        };
    }

    public Refusal Refusal() => (Refusal)U16();

    public ushort U16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public long Time() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public long? OptionalTime() => Flag() ? Time() : null;

    public ulong VarInt(ulong most)
    {
        var at = Offset;
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = Byte();
            if (shift == 63 && next > 1)
                throw new JournalFormatException(at, "A number exceeds 64 bits");
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return Checked(at, value, most, shortest: next != 0 || shift == 0);
        }
    }

    public long Size() => (long)VarInt(long.MaxValue);

    /// <summary>A count or length, refused above <paramref name="most"/> before it sizes anything.</summary>
    public int Count(int most) => (int)VarInt((ulong)most);

    public string Text()
    {
        var length = Count(EventLimits.Text);
        var at = Offset;
        var bytes = Take(length);
        try
        {
            return s_strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new JournalFormatException(at, "A text is not UTF-8");
        }
    }

    public string? OptionalText() => Flag() ? Text() : null;

    public ReadOnlySpan<byte> Bytes(int most) => Take(Count(most));

    public ReadOnlySpan<byte> Fixed(int length) => Take(length);

    /// <summary>
    /// The length of a list whose elements take at least <paramref name="elementBytes"/> each: a length the remaining bytes cannot hold is refused, so
    /// that a short event cannot size a long list.
    /// </summary>
    public int ListLength(int most, int elementBytes)
    {
        var at = Offset;
        var count = Count(most);
        if ((long)count * elementBytes > Remaining)
            throw new JournalFormatException(at, $"A list of {count} does not fit into the {Remaining} bytes left");
        return count;
    }

    /// <summary>A value of a closed set.</summary>
    public byte Known(byte most, byte least, string what)
    {
        var at = Offset;
        var value = Byte();
        return value >= least && value <= most ? value : throw new JournalFormatException(at, $"Unknown {what} {value}");
    }

    public readonly void End()
    {
        if (Remaining > 0)
            throw new JournalFormatException(Offset, $"{Remaining} bytes follow the event");
    }

    ReadOnlySpan<byte> Take(int length)
    {
        if (length > Remaining)
            throw new JournalFormatException(Offset, $"{length} bytes are expected, {Remaining} are left");
        var taken = _input.Slice(Offset, length);
        Offset += length;
        return taken;
    }

    static ulong Checked(int at, ulong value, ulong most, bool shortest)
    {
        if (!shortest)
            throw new JournalFormatException(at, "A number is not in its shortest form");
        return value <= most ? value : throw new JournalFormatException(at, $"{value} exceeds the cap of {most}");
    }
}

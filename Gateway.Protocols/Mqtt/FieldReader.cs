using System.Buffers.Binary;
using System.Text.Unicode;

namespace Gateway.Protocols.Mqtt;

/// <summary>
/// Reads the fields of one whole packet body. MQTT 5 section 1.5. False means malformed: the packet's length is known, so a field
/// that reaches beyond its end can never become whole.
/// </summary>
public ref struct FieldReader(ReadOnlySpan<byte> body)
{
    ReadOnlySpan<byte> _rest = body;

    /// <summary>Bytes not yet read.</summary>
    public readonly int Remaining => _rest.Length;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public bool TryByte(out byte value)
    {
        value = 0;
        if (!TryTake(1, out var bytes)) return false;
        value = bytes[0];
        return true;
    }

    public bool TryUInt16(out ushort value)
    {
        value = 0;
        return TryTake(2, out var bytes) && BinaryPrimitives.TryReadUInt16BigEndian(bytes, out value);
    }

    /// <summary>A packet identifier, which is never 0 ([MQTT-2.2.1-3]).</summary>
    public bool TryPacketId(out ushort value) => TryUInt16(out value) && value != 0;

    public bool TryVariable(out uint value)
    {
        if (VariableByteInteger.TryRead(_rest, out value, out var length) != ReadStatus.Read) return false;
        _rest = _rest[length..];
        return true;
    }

    /// <summary>Two bytes of length and as many of data. Section 1.5.6.</summary>
    public bool TryBinary(out ReadOnlySpan<byte> value)
    {
        value = default;
        return TryUInt16(out var length) && TryTake(length, out value);
    }

    /// <summary>As <see cref="TryBinary"/>, well-formed UTF-8 without U+0000 ([MQTT-1.5.4-1], [MQTT-1.5.4-2]).</summary>
    public bool TryString(out ReadOnlySpan<byte> value) => TryBinary(out value) && Utf8.IsValid(value) && !value.Contains((byte)0);

    /// <summary>A property block that is valid at its place, its length prefix taken off. Section 2.2.2.</summary>
    public bool TryProperties(PropertyPlaces place, out ReadOnlySpan<byte> block)
    {
        block = default;
        return TryVariable(out var length) && TryTake(length, out block) && PropertyBlock.IsValid(block, place);
    }

    public bool TryTake(uint length, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (length > (uint)_rest.Length) return false;
        value = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return true;
    }
}

using System.Buffers.Binary;

namespace Gateway.Protocols.Tls;

/// <summary>
/// Reads the fields of one whole handshake message. RFC 8446 section 3. False means malformed: the message is whole, so a field that
/// reaches beyond its end can never become so.
/// </summary>
ref struct HelloReader(ReadOnlySpan<byte> message)
{
    ReadOnlySpan<byte> _rest = message;

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

    /// <summary>A vector with one byte of length.</summary>
    public bool TryShort(out ReadOnlySpan<byte> value)
    {
        value = default;
        return TryByte(out var length) && TryTake(length, out value);
    }

    /// <summary>A vector with two bytes of length.</summary>
    public bool TryLong(out ReadOnlySpan<byte> value)
    {
        value = default;
        return TryUInt16(out var length) && TryTake(length, out value);
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

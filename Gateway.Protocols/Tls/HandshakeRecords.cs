using System.Buffers.Binary;

namespace Gateway.Protocols.Tls;

/// <summary>
/// The handshake message at the start of a connection, wherever the client cut it into records. RFC 8446 section 5.1: a record is
/// <c>type(1) legacy_version(2) length(2) fragment</c>; section 4: a message is <c>type(1) length(3) body</c>.
/// </summary>
readonly ref struct HandshakeRecords(ReadOnlySpan<byte> received, Limits limits)
{
    const int RecordHeader = 5;
    const int MessageHeader = 4;
    const int MaxFragment = 1 << 14;
    const byte Handshake = 22;
    const byte ClientHelloType = 1;

    readonly ReadOnlySpan<byte> _received = received;

    /// <summary>
    /// The records that hold the message, whole. When <paramref name="fault"/> is null and false is returned, more bytes are needed.
    /// <paramref name="bodyLength"/> is at most <see cref="Limits.ClientHello"/>.
    /// </summary>
    public bool TryMeasure(out int bodyLength, out int records, out string? fault)
    {
        (bodyLength, records, fault) = (0, 0, null);
        Span<byte> header = stackalloc byte[MessageHeader];
        var (offset, gathered) = (0, 0);
        while (gathered < MessageHeader || gathered < MessageHeader + bodyLength)
        {
            if (!TryRecord(offset, out var announced, out var fragment, out fault)) return false;
            for (var i = 0; i < fragment.Length && gathered + i < MessageHeader; i++) header[gathered + i] = fragment[i];
            fault = Judge(header, gathered + fragment.Length, out bodyLength) ?? Oversized(offset + RecordHeader + announced);
            if (fault is not null || fragment.Length < announced) return false;
            gathered += fragment.Length;
            offset += RecordHeader + announced;
            records++;
        }

        if (gathered > MessageHeader + bodyLength) fault = "bytes follow the ClientHello inside its record";
        return fault is null;
    }

    /// <summary>Copies the message's body; only after <see cref="TryMeasure"/> was true.</summary>
    public void CopyBody(Span<byte> body)
    {
        var (offset, skip, copied) = (0, MessageHeader, 0);
        while (copied < body.Length)
        {
            var fragment = _received.Slice(offset + RecordHeader, Length(offset));
            offset += RecordHeader + fragment.Length;
            var skipped = Math.Min(skip, fragment.Length);
            skip -= skipped;
            fragment[skipped..].CopyTo(body[copied..]);
            copied += fragment.Length - skipped;
        }
    }

    /// <summary>The body of a message that lies in one record.</summary>
    public ReadOnlySpan<byte> Body(int length) => _received.Slice(RecordHeader + MessageHeader, length);

    /// <summary>As much of a record as has arrived. False without a fault: not even its header has.</summary>
    bool TryRecord(int offset, out int announced, out ReadOnlySpan<byte> fragment, out string? fault)
    {
        (announced, fault) = (0, null);
        fragment = default;
        var rest = _received[offset..];
        if (rest.Length > 0 && rest[0] != Handshake) fault = $"a record of type {rest[0]} inside the ClientHello";
        else if (rest.Length > 1 && rest[1] != 3) fault = $"a record of version {rest[1]}";
        fault ??= Oversized(offset + RecordHeader + 1);
        if (fault is not null || rest.Length < RecordHeader) return false;
        announced = Length(offset);
        if (announced is 0 or > MaxFragment) fault = $"a record of {announced} bytes; 1 to {MaxFragment} are allowed";
        rest = rest[RecordHeader..];
        fragment = rest[..Math.Min(rest.Length, announced)];
        return fault is null;
    }

    string? Judge(ReadOnlySpan<byte> header, int known, out int bodyLength)
    {
        bodyLength = 0;
        if (known > 0 && header[0] != ClientHelloType) return $"the first handshake message is of type {header[0]}, not a ClientHello";
        if (known < MessageHeader) return null;
        bodyLength = header[1] << 16 | header[2] << 8 | header[3];
        return Oversized(bodyLength + MessageHeader + RecordHeader);
    }

    string? Oversized(int length) =>
        length > limits.ClientHello ? $"a ClientHello of {length} bytes; the limit is {limits.ClientHello}" : null;

    int Length(int offset) => BinaryPrimitives.ReadUInt16BigEndian(_received[(offset + 3)..]);
}

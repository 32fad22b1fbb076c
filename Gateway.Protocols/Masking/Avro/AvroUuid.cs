using System.Text;

namespace Gateway.Protocols.Masking.Avro;

/// <summary>UUIDs (RFC 9562) in the place of others: as 36 characters, or as 16 bytes.</summary>
static class AvroUuid
{
    const int Bytes = 16;

    /// <summary>RFC 9562 section 5.9.</summary>
    public static ReadOnlySpan<byte> Nil => "00000000-0000-0000-0000-000000000000"u8;

    /// <summary>
    /// A UUID of version 8 (section 5.8) that the key makes of the text, the same one each time; nothing, where the text is one that it has made. False
    /// where the text is no UUID.
    /// </summary>
    public static bool TryWriteToken(ReadOnlySpan<byte> uuid, MaskingKey key, PooledWriter target)
    {
        Span<byte> id = stackalloc byte[Bytes];
        if (!TryRead(uuid, id)) return false;
        if (key.IsUuidToken(id)) return true;
        // Of the number, not of how it is written: the same one gives the same token as text and as bytes, in capitals and without.
        Span<byte> token = stackalloc byte[Bytes];
        key.MakeUuidToken(id, token);
        if (uuid.Length == Bytes) target.Write(token);
        else target.Advance(Encoding.ASCII.GetBytes(new Guid(token, bigEndian: true).ToString(), target.GetSpan(Nil.Length)));
        return true;
    }

    /// <summary>Zeros in the place of all digits but the last ones, if those are at most half of them; of what is no UUID none stays.</summary>
    public static void WritePartial(ReadOnlySpan<byte> uuid, int keepLast, PooledWriter target)
    {
        var start = target.Length;
        target.Write(Nil);
        Span<byte> id = stackalloc byte[Bytes];
        if (uuid.Length != Nil.Length || !TryRead(uuid, id) || keepLast > Bytes) return;
        var masked = target.Written(start, Nil.Length);
        for (var at = uuid.Length - 1; keepLast > 0; at--)
        {
            masked[at] = uuid[at];
            keepLast -= uuid[at] == '-' ? 0 : 1;
        }
    }

    static bool TryRead(ReadOnlySpan<byte> uuid, Span<byte> id)
    {
        if (uuid.Length == Bytes)
        {
            uuid.CopyTo(id);
            return true;
        }

        return uuid.Length == Nil.Length && uuid[8] == '-' && Guid.TryParse(uuid, out var guid) && guid.TryWriteBytes(id, bigEndian: true, out _);
    }
}

namespace Gateway.Protocols.Journal;

/// <summary>The bodies of the events of a running session and of its end. The layouts use the primitives of <see cref="EventWriter"/>.</summary>
static class RelayLayouts
{
    /// <summary>
    /// <c>s.traffic.2</c>: index varint, started time, to-upstream offset varint, to-client offset varint, entry count varint, then each entry as
    /// (length * 2 + direction) varint and after-micros varint; compression byte, encryption byte, plain length varint, payload bytes.
    /// </summary>
    public static void WriteTraffic(EventWriter to, TrafficRecorded e) => WriteTraffic(to, e, isEncryptionSaid: true);

    public static TrafficRecorded ReadTraffic(ref EventReader from) => ReadTraffic(ref from, isEncryptionSaid: true);

    /// <summary><c>s.traffic.1</c>: as <c>s.traffic.2</c>, without the encryption byte: there was none.</summary>
    public static void WriteTraffic1(EventWriter to, TrafficRecorded e) => WriteTraffic(to, e, isEncryptionSaid: false);

    public static TrafficRecorded ReadTraffic1(ref EventReader from) => ReadTraffic(ref from, isEncryptionSaid: false);

    /// <summary><c>s.counted.1</c>: time, to-upstream bytes varint, to-client bytes varint.</summary>
    public static void WriteCounted(EventWriter to, TrafficCounted e)
    {
        to.Time(e.At);
        to.Count(e.ToUpstreamBytes);
        to.Count(e.ToClientBytes);
    }

    public static TrafficCounted ReadCounted(ref EventReader from) => new()
    {
        At = from.Time(),
        ToUpstreamBytes = from.Size(),
        ToClientBytes = from.Size(),
    };

    /// <summary><c>s.denied.1</c>: time, operation count varint, then operation text and resource text each.</summary>
    public static void WriteDenied(EventWriter to, OperationsDenied e)
    {
        to.Time(e.At);
        to.ListLength(e.Operations.Count, EventLimits.Operations);
        foreach (var denied in e.Operations)
        {
            to.Text(denied.Operation);
            to.Text(denied.Resource);
        }
    }

    public static OperationsDenied ReadDenied(ref EventReader from) => new() { At = from.Time(), Operations = ReadOperations(ref from) };

    /// <summary>
    /// <c>s.sealed.1</c>: sealed time, ending byte, refusal u16, detail optional text, chunks varint, to-upstream bytes varint, to-client bytes varint,
    /// sealed-by text, key id 32 bytes, signature 64 bytes. The signature is last so that what it signs is the rest (<see cref="SessionSeal"/>).
    /// </summary>
    public static void WriteSealed(EventWriter to, SessionSealed e)
    {
        to.Time(e.SealedAt);
        to.Byte((byte)e.Ending);
        to.Refusal(e.Refusal);
        to.OptionalText(e.Detail);
        to.VarInt(e.Chunks);
        to.Count(e.ToUpstreamBytes);
        to.Count(e.ToClientBytes);
        to.Text(e.SealedBy);
        to.Fixed(e.KeyId.Span, SessionSeal.KeyIdLength);
        to.Fixed(e.Signature.Span, SessionSeal.SignatureLength);
    }

    public static SessionSealed ReadSealed(ref EventReader from) => new()
    {
        SealedAt = from.Time(),
        Ending = (Ending)from.Known((byte)Ending.Killed, (byte)Ending.ClosedByClient, "ending"),
        Refusal = from.Refusal(),
        Detail = from.OptionalText(),
        Chunks = (uint)from.VarInt(uint.MaxValue),
        ToUpstreamBytes = from.Size(),
        ToClientBytes = from.Size(),
        SealedBy = from.Text(),
        KeyId = from.Fixed(SessionSeal.KeyIdLength).ToArray(),
        Signature = from.Fixed(SessionSeal.SignatureLength).ToArray(),
    };

    static void WriteTraffic(EventWriter to, TrafficRecorded e, bool isEncryptionSaid)
    {
        to.VarInt(e.Index);
        to.Time(e.StartedAt);
        to.Count(e.ToUpstreamOffset);
        to.Count(e.ToClientOffset);
        to.ListLength(e.Entries.Count, EventLimits.Entries);
        for (var i = 0; i < e.Entries.Count; i++)
        {
            to.Count(((long)e.Entries[i].Length << 1) | (byte)e.Entries[i].Direction);
            to.VarInt(e.Entries[i].AfterMicros);
        }
        to.Byte((byte)e.Compression);
        if (isEncryptionSaid)
            to.Byte((byte)e.Encryption);
        to.ListLength(e.PlainLength, EventLimits.Chunk);
        to.Bytes(e.Payload.Span, EventLimits.StoredChunk);
    }

    static TrafficRecorded ReadTraffic(ref EventReader from, bool isEncryptionSaid) => new()
    {
        Index = (uint)from.VarInt(uint.MaxValue),
        StartedAt = from.Time(),
        ToUpstreamOffset = from.Size(),
        ToClientOffset = from.Size(),
        Entries = ReadEntries(ref from),
        Compression = (Compression)from.Known((byte)Compression.Zstandard, 0, "compression"),
        Encryption = isEncryptionSaid ? (Encryption)from.Known((byte)Encryption.Aes256Gcm, 0, "encryption") : Encryption.None,
        PlainLength = from.Count(EventLimits.Chunk),
        Payload = from.Bytes(isEncryptionSaid ? EventLimits.StoredChunk : EventLimits.Chunk).ToArray(),
    };

    static TrafficEntry[] ReadEntries(ref EventReader from)
    {
        var entries = new TrafficEntry[from.ListLength(EventLimits.Entries, elementBytes: 2)];
        for (var i = 0; i < entries.Length; i++)
        {
            var piece = from.Count((EventLimits.Chunk << 1) | 1);
            entries[i] = new TrafficEntry((Direction)(piece & 1), (uint)from.VarInt(uint.MaxValue), piece >> 1);
        }
        return entries;
    }

    static DeniedOperation[] ReadOperations(ref EventReader from)
    {
        var operations = new DeniedOperation[from.ListLength(EventLimits.Operations, elementBytes: 2)];
        for (var i = 0; i < operations.Length; i++)
            operations[i] = new DeniedOperation(from.Text(), from.Text());
        return operations;
    }
}

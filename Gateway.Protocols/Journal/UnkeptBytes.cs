namespace Gateway.Protocols.Journal;

/// <summary>
/// Bytes that an event says passed and were not kept, read from the event's beginning alone: what follows may be megabytes of operations.
/// </summary>
public readonly record struct UnkeptBytes(long ToUpstream, long ToClient)
{
    /// <summary>Bytes of a stored event in which it is said, at most: version, index, time, and two varints of 10 bytes.</summary>
    public const int Head = 1 + 5 + 8 + 2 * 10;

    /// <summary>The events that say so.</summary>
    public static IReadOnlyList<string> Manifests { get; } = [Counted, EncryptedOperations, Operations];

    /// <summary>The one of them that has an index, which counts from 0 in its recording.</summary>
    public const string EncryptedOperations = "s.operations.2";

    const string Counted = "s.counted.1", Operations = "s.operations.1";

    /// <summary>Reads the first <see cref="Head"/> bytes of a stored event. Throws <see cref="JournalFormatException"/>.</summary>
    public static UnkeptBytes Read(string manifest, ReadOnlySpan<byte> head)
    {
        var from = new EventReader(head);
        if (from.Byte() != SessionEventTable.FormatVersion) throw new JournalFormatException(0, "The format version is another");
        if (manifest == EncryptedOperations) from.VarInt(uint.MaxValue);
        else if (!Manifests.Contains(manifest)) throw new JournalFormatException(0, $"{manifest} says nothing of bytes that were not kept");
        from.Time();
        return new(from.Size(), from.Size());
    }
}

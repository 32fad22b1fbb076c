using Gateway.Protocols.Journal;

namespace Gateway.Actors.Record;

/// <summary>
/// What a session's actor persists: an event's manifest and its exact bytes, chain value included. It is encoded and chained once, by
/// <see cref="SessionRecorder"/>, and never encoded again on its way to the journal. The bytes belong to the event and are not changed.
/// </summary>
public sealed class StoredEvent(string manifest, byte[] bytes)
{
    public string Manifest { get; } = manifest;

    public byte[] Bytes { get; } = bytes;

    /// <summary>Throws <see cref="JournalFormatException"/>.</summary>
    public SessionEvent Decode() => SessionEventTable.ReadStored(Manifest, Bytes);

    /// <summary>The manifest and size only: the bytes are recorded traffic.</summary>
    public override string ToString() => $"StoredEvent {{ {Manifest}, {Bytes.Length} bytes }}";
}

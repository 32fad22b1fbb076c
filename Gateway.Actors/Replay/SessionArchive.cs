using Gateway.Actors.Record;

namespace Gateway.Actors.Replay;

/// <summary>The read side of the journal: what auditors list, replay, export and verify. The same calls work inside a node and offline.</summary>
public interface ISessionArchive
{
    Task<IReadOnlyList<SessionRow>> ListAsync(SessionFilter filter, CancellationToken cancel);

    Task<SessionRow?> FindAsync(string sessionId, CancellationToken cancel);

    /// <summary>The session's journaled events in order, one batch in memory at a time. Empty when there is no such session.</summary>
    IAsyncEnumerable<JournaledEvent> ReadAsync(string sessionId, CancellationToken cancel);
}

/// <summary>One event as it lies in the journal: its number, the manifest and the exact bytes, chain value included.</summary>
public sealed record JournaledEvent(long SequenceNumber, string Manifest, ReadOnlyMemory<byte> Bytes);

using System.Runtime.CompilerServices;
using Gateway.Actors.Record;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Replay;

/// <summary>The read side of the journal: what auditors list, replay, export and verify. The same calls work inside a node and offline.</summary>
public interface ISessionArchive
{
    Task<IReadOnlyList<SessionRow>> ListAsync(SessionFilter filter, CancellationToken cancel);

    Task<SessionRow?> FindAsync(string sessionId, CancellationToken cancel);

    /// <summary>The session's journaled events in order, one batch in memory at a time. Empty when there is no such session.</summary>
    IAsyncEnumerable<JournaledEvent> ReadAsync(string sessionId, CancellationToken cancel);

    /// <summary>As <see cref="ReadAsync"/>, those numbered above <paramref name="after"/>.</summary>
    async IAsyncEnumerable<JournaledEvent> ReadAfterAsync(string sessionId, long after, [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var e in ReadAsync(sessionId, cancel))
        {
            if (e.SequenceNumber > after) yield return e;
        }
    }

    /// <summary>What was noticed of the session, in order; the first of it, were it much.</summary>
    async Task<IReadOnlyList<SessionNoticed>> NoticesAsync(string sessionId, CancellationToken cancel)
    {
        var noticed = new List<SessionNoticed>();
        await foreach (var e in ReadAsync(sessionId, cancel))
        {
            if (noticed.Count < MostNotices && SessionNotices.Of(e) is { } one) noticed.Add(one);
        }

        return noticed;
    }

    /// <summary>What one answer has of <see cref="NoticesAsync"/>. Origin: this version notices two things at most, once each.</summary>
    const int MostNotices = 16;

    /// <summary>What the index holds of the session's operations.</summary>
    Task<SessionOperations> OperationsAsync(string sessionId, CancellationToken cancel) => Task.FromResult(SessionOperations.Unknown);

    /// <summary>
    /// The key to the session's content; none without the cluster's key. Throws <see cref="InvalidDataException"/> where that does not open it.
    /// </summary>
    Task<KeyFinding> KeyAsync(string sessionId, CancellationToken cancel);
}

/// <summary>One event as it lies in the journal: its number, the manifest and the exact bytes, chain value included.</summary>
public sealed record JournaledEvent(long SequenceNumber, string Manifest, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>No event: says to whoever follows a session that nothing was recorded for a while, and that it is still followed.</summary>
    public static readonly JournaledEvent Silence = new(-1, "", ReadOnlyMemory<byte>.Empty);
}

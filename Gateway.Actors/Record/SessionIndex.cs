using Gateway.Protocols;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Record;

/// <summary>
/// One row per session beside the journal, so that sessions are found without touching recordings. A row is written before the session's first
/// event and closed after its last: a crash in between leaves a row that says "open" too much, never a session without a row.
/// </summary>
public interface ISessionIndex
{
    /// <summary>
    /// Writes the row of a session that is about to be opened or refused, and the sealed key of its recording where it has one, both or neither. Idempotent.
    /// </summary>
    Task AddAsync(SessionRow row, byte[]? sealedKey, CancellationToken cancel);

    /// <summary>Adds to what the index holds of a session's operations, each with each outcome once: the first time stays. Idempotent.</summary>
    Task AddOperationsAsync(string sessionId, IReadOnlyList<IndexedOperation> operations, CancellationToken cancel);

    /// <summary>
    /// Completes the row after the last event was persisted, and with it what is held of the session's operations, by the rest of them that may not have been
    /// added. Idempotent: a row that is closed stays so.
    /// </summary>
    Task CloseAsync(string sessionId, SessionClosing closing, SessionOperations rest, CancellationToken cancel);

    /// <summary>Rows that say "open" and belong to any node but the given ones: the sealer's work. Oldest first, at most <paramref name="most"/>.</summary>
    Task<IReadOnlyList<SessionRow>> OpenOutsideAsync(IReadOnlyCollection<string> nodeKeys, int most, CancellationToken cancel);

    Task<SessionRow?> FindAsync(string sessionId, CancellationToken cancel);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<SessionRow>> ListAsync(SessionFilter filter, CancellationToken cancel);

    /// <summary>What a subject did on a connection, by one question to the database.</summary>
    Task<SessionHistory> HistoryAsync(HistoryQuestion question, CancellationToken cancel);
}

/// <summary>What the index knows of a session. Times are microseconds since the Unix epoch.</summary>
public sealed record SessionRow
{
    public required string SessionId { get; init; }

    public required string Connection { get; init; }

    public required string Protocol { get; init; }

    public required string NodeKey { get; init; }

    public required string ClientAddress { get; init; }

    public string? Subject { get; init; }

    public required long StartedAt { get; init; }

    /// <summary>The fingerprint of the client's hello; null where there was none to read, and in rows of earlier versions.</summary>
    public string? Ja4 { get; init; }

    /// <summary>Null while the session is open.</summary>
    public SessionClosing? Closing { get; init; }
}

/// <summary>How a session ended. <see cref="Ending"/> with <see cref="Protocols.Refusal"/> None means it ran its course.</summary>
public sealed record SessionClosing(long ClosedAt, Ending Ending, Refusal Refusal, string? Detail, long ToUpstreamBytes, long ToClientBytes);

/// <summary>Every set member must match. <see cref="After"/> and <see cref="Before"/> bound the start, in microseconds since the Unix epoch.</summary>
public sealed record SessionFilter
{
    public string? Connection { get; init; }

    public string? Protocol { get; init; }

    public string? Subject { get; init; }

    public string? NodeKey { get; init; }

    /// <summary>Where the client connected from.</summary>
    public ClientNetwork? Client { get; init; }

    /// <summary>What the client's hello looked like.</summary>
    public Ja4Fingerprint? Ja4 { get; init; }

    /// <summary>Relayed bytes of both directions at least; only of ended sessions is that known.</summary>
    public long? LeastBytes { get; init; }

    public Refusal? Refusal { get; init; }

    /// <summary>What the session did.</summary>
    public OperationQuestion? Did { get; init; }

    /// <summary>True: only open sessions; false: only ended ones.</summary>
    public bool? Open { get; init; }

    public long? After { get; init; }

    public long? Before { get; init; }

    public int Most { get; init; } = 100;
}

using System.Data.Common;
using System.Runtime.CompilerServices;
using Gateway.Actors.Record;
using Gateway.Actors.Registry;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Replay;

/// <summary>
/// The archive straight from the journal's tables, inside a node as well as beside one. For a database that was named on a command line
/// call <see cref="JournalDatabase.RequireTablesAsync"/> first. Nothing is ever written. Without the cluster's key what is encrypted stays closed. Safe for
/// use from several threads.
/// </summary>
public sealed class SqlSessionArchive(JournalDatabase database, ClusterKey? clusterKey) : ISessionArchive
{
    readonly RecordingKeys _keys = new(database);

    /// <summary>Events in memory at most; <see cref="PageBytes"/> usually ends a page sooner.</summary>
    const int PageEvents = 256;

    /// <summary>
    /// A page ends with the event that reaches this. With <see cref="EventFrames.EventBytes"/> it bounds what one reader holds.
    /// </summary>
    const int PageBytes = 4 * 1024 * 1024;

    // An event too long to be one of ours is asked for its length alone.
    static readonly string s_select =
        $"""
        select sequence_number, identifier, manifest, length(message),
            case when length(message) <= {EventFrames.EventBytes} then message end
        from {JournalDatabase.JournalTable}
        where persistence_id = @session and sequence_number > @after
        order by sequence_number limit {PageEvents}
        """;

    // The rest of the recording stays where it is.
    static readonly string s_noticed =
        $"""
        select sequence_number, identifier, manifest, length(message),
            case when length(message) <= {EventFrames.EventBytes} then message end
        from {JournalDatabase.JournalTable}
        where persistence_id = @session and manifest in ({string.Join(", ", SessionNotices.Manifests.Select(manifest => $"'{manifest}'"))})
        order by sequence_number limit {ISessionArchive.MostNotices}
        """;

    public async Task<IReadOnlyList<SessionRow>> ListAsync(SessionFilter filter, CancellationToken cancel) =>
        await SessionSql.RowsAsync(database, SessionSql.List(filter, filter.Did is null || await HasOperationsAsync(cancel)), cancel);

    public async Task<SessionOperations> OperationsAsync(string sessionId, CancellationToken cancel) =>
        await OperationSql.ReadAsync(database, sessionId, cancel);

    public async Task<SessionRow?> FindAsync(string sessionId, CancellationToken cancel) =>
        (await SessionSql.RowsAsync(database, SessionSql.Find(sessionId), cancel)).SingleOrDefault();

    /// <summary>
    /// Page by page, without a connection or a transaction in between: a replay may take hours. Throws <see cref="InvalidDataException"/>
    /// at a row that no gateway wrote.
    /// </summary>
    public IAsyncEnumerable<JournaledEvent> ReadAsync(string sessionId, CancellationToken cancel) =>
        ReadAfterAsync(sessionId, long.MinValue, cancel);

    public async IAsyncEnumerable<JournaledEvent> ReadAfterAsync(
        string sessionId, long after, [EnumeratorCancellation] CancellationToken cancel)
    {
        // No journal holds such an identifier, and PostgreSQL would not even take the question.
        if (sessionId != IndexText.Of(sessionId))
            yield break;
        while (await PageAsync(sessionId, after, cancel) is { Count: > 0 } page)
        {
            foreach (var e in page)
                yield return e;
            after = page[^1].SequenceNumber;
        }
    }

    public async Task<IReadOnlyList<SessionNoticed>> NoticesAsync(string sessionId, CancellationToken cancel)
    {
        if (sessionId != IndexText.Of(sessionId)) return [];
        var noticed = new List<SessionNoticed>();
        await using var connection = await database.OpenAsync(cancel);
        await using var command = new SqlStatement(s_noticed, ("session", sessionId)).On(connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel)) noticed.Add(SessionNotices.Of(Event(sessionId, reader))!);
        return noticed;
    }

    public async Task<KeyFinding> KeyAsync(string sessionId, CancellationToken cancel)
    {
        var found = await _keys.FindAsync(sessionId, cancel);
        if (found.Bytes is not { } bytes) return new KeyFinding(null, found.DestroyedAt);
        if (clusterKey is null) return KeyFinding.None;
        return RecordingKey.Of(clusterKey.OpenBytes(RecordingKey.What, sessionId, bytes)) is { } key
            ? new KeyFinding(key, null)
            : throw new InvalidDataException("the recording's key was sealed with another cluster key, or altered; name the cluster key of its time");
    }

    async Task<bool> HasOperationsAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        return await database.HasTableAsync(connection, JournalDatabase.OperationTable, cancel);
    }

    async Task<List<JournaledEvent>> PageAsync(string sessionId, long after, CancellationToken cancel)
    {
        var page = new List<JournaledEvent>();
        await using var connection = await database.OpenAsync(cancel);
        await using var command = new SqlStatement(s_select, ("session", sessionId), ("after", after)).On(connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        for (var bytes = 0L; bytes < PageBytes && await reader.ReadAsync(cancel); bytes += page[^1].Bytes.Length)
            page.Add(Event(sessionId, reader));
        return page;
    }

    static JournaledEvent Event(string sessionId, DbDataReader reader)
    {
        var number = reader.GetInt64(0);
        var name = $"Event {number} of session {sessionId}";
        if (reader.IsDBNull(1) || reader.GetInt64(1) != StoredEventSerializer.Id || reader.IsDBNull(2))
            throw new InvalidDataException($"{name} was not written by a gateway: its identifier is not {StoredEventSerializer.Id}.");
        if (reader.IsDBNull(4))
            throw new InvalidDataException($"{name} holds {reader.GetInt64(3)} bytes; the cap is {EventFrames.EventBytes}.");
        return new JournaledEvent(number, reader.GetString(2), reader.GetFieldValue<byte[]>(4));
    }
}

using System.Data.Common;
using static Gateway.Actors.Record.IndexText;
using static Gateway.Actors.Record.JournalDatabase;

namespace Gateway.Actors.Record;

/// <summary>The sealed data keys of recordings.</summary>
public interface IRecordingKeys
{
    /// <summary>The sealed key, or when it was destroyed; nothing where the recording has none.</summary>
    Task<SealedKey> FindAsync(string sessionId, CancellationToken cancel);

    /// <summary>
    /// Destroys the key, and what the database keeps of it beyond the row, and forgets which operations the session did: topics may name people. False where
    /// there never was a key. Backups of the database are the operator's: what was erased must not come back with them.
    /// </summary>
    /// <param name="sessionId">Whose.</param>
    /// <param name="at">Now, in microseconds since the Unix epoch.</param>
    /// <param name="cancel">Ends the wait; the key may be destroyed all the same.</param>
    Task<bool> DestroyAsync(string sessionId, long at, CancellationToken cancel);

    /// <summary>Those of the sessions whose key is still there.</summary>
    Task<IReadOnlyList<string>> LeftAsync(IReadOnlyList<string> sessions, CancellationToken cancel);

    /// <summary>Has the database give up what it keeps of keys, and of operations, beyond the rows that were destroyed.</summary>
    Task ForgetAsync(CancellationToken cancel);

    /// <summary>How many keys were sealed by each of the cluster's keys: the beginning of what it sealed, up to its identifier.</summary>
    Task<IReadOnlyList<(byte[] Key, long Count)>> CountAsync(CancellationToken cancel);

    /// <summary>Keys that another key of the cluster's sealed, in the order of their sessions.</summary>
    /// <param name="keyId">The cluster's key, by its identifier.</param>
    /// <param name="after">Only sessions that come after this one.</param>
    /// <param name="most">So many at most.</param>
    /// <param name="cancel">Ends the wait.</param>
    Task<IReadOnlyList<(string SessionId, byte[] Sealed)>> SealedByOthersAsync(
        ReadOnlyMemory<byte> keyId, string after, int most, CancellationToken cancel);

    /// <summary>Puts keys in the place of what was read, unless that changed; says how many.</summary>
    Task<int> ReplaceAsync(IReadOnlyList<(string SessionId, byte[] Before, byte[] After)> keys, CancellationToken cancel);
}

/// <summary>A recording's key as it lies in the database.</summary>
/// <param name="Bytes">Sealed with the cluster's key; null: there is none (any more).</param>
/// <param name="DestroyedAt">When it was destroyed, in microseconds since the Unix epoch.</param>
public sealed record SealedKey(byte[]? Bytes, long? DestroyedAt)
{
    public static readonly SealedKey None = new(null, null);
}

/// <summary>
/// The keys in the journal's database, each in a row of its own beside the journal: they can be destroyed while the chained events stay as they are. A row is
/// written with that of the index, before the session's first event.
/// </summary>
public sealed class RecordingKeys(JournalDatabase database) : IRecordingKeys
{
    const string Insert = $"insert into {KeyTable} (session_id, sealed_key) values (@session, @key) on conflict (session_id) do nothing";

    const string Destroy = $"update {KeyTable} set sealed_key = null, destroyed_at = coalesce(destroyed_at, @at) where session_id = @session";

    const string Select = $"select sealed_key, destroyed_at from {KeyTable} where session_id = @session";

    const string Left = $"select session_id from {KeyTable} where sealed_key is not null and session_id in";

    // A version, then the identifier of the cluster's key: both databases count bytes from 1.
    const string Counts =
        $"select substr(sealed_key, 1, 9), count(*) from {KeyTable} where sealed_key is not null group by substr(sealed_key, 1, 9)";

    const string Others =
        $"select session_id, sealed_key from {KeyTable} where sealed_key is not null and substr(sealed_key, 2, 8) <> @id "
        + "and session_id > @after order by session_id limit @most";

    const string Replace = $"update {KeyTable} set sealed_key = @after where session_id = @session and sealed_key = @before";

    internal static SqlStatement Add(string sessionId, byte[] sealedKey) => new(Insert, ("session", Of(sessionId)), ("key", sealedKey));

    public async Task<SealedKey> FindAsync(string sessionId, CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        // A journal that no node of this version has opened yet.
        if (!await database.HasTableAsync(connection, KeyTable, cancel)) return SealedKey.None;
        await using var command = new SqlStatement(Select, ("session", Of(sessionId))).On(connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? Read(reader) : SealedKey.None;
    }

    public async Task<bool> DestroyAsync(string sessionId, long at, CancellationToken cancel)
    {
        var affected = await database.CommitAsync(
            [new SqlStatement(Destroy, ("session", Of(sessionId)), ("at", at)), .. OperationSql.Forget(sessionId)], cancel);
        await ForgetAsync(cancel);
        return affected[0] > 0;
    }

    public Task<IReadOnlyList<string>> LeftAsync(IReadOnlyList<string> sessions, CancellationToken cancel)
    {
        if (sessions.Count == 0) return Task.FromResult<IReadOnlyList<string>>([]);
        var named = sessions.Select((id, i) => (Name: $"s{i}", Value: (object?)Of(id))).ToArray();
        return ListAsync(new SqlStatement($"{Left} ({string.Join(", ", named.Select(n => $"@{n.Name}"))})", named), reader => reader.GetString(0), cancel);
    }

    public async Task ForgetAsync(CancellationToken cancel)
    {
        await database.ForgetAsync(KeyTable, cancel);
        await database.ForgetAsync(OperationTable, cancel);
    }

    public Task<IReadOnlyList<(byte[] Key, long Count)>> CountAsync(CancellationToken cancel) =>
        ListAsync(new SqlStatement(Counts), reader => (reader.GetFieldValue<byte[]>(0), reader.GetInt64(1)), cancel);

    public Task<IReadOnlyList<(string SessionId, byte[] Sealed)>> SealedByOthersAsync(
        ReadOnlyMemory<byte> keyId, string after, int most, CancellationToken cancel) => ListAsync(
            new SqlStatement(Others, ("id", keyId.ToArray()), ("after", Of(after)), ("most", most)),
            reader => (reader.GetString(0), reader.GetFieldValue<byte[]>(1)), cancel);

    public async Task<int> ReplaceAsync(IReadOnlyList<(string SessionId, byte[] Before, byte[] After)> keys, CancellationToken cancel)
    {
        if (keys.Count == 0) return 0;
        var affected = await database.CommitAsync(
            [.. keys.Select(key => new SqlStatement(Replace, ("session", key.SessionId), ("before", key.Before), ("after", key.After)))],
            cancel);
        return affected.Sum();
    }

    async Task<IReadOnlyList<T>> ListAsync<T>(SqlStatement statement, Func<DbDataReader, T> read, CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        if (!await database.HasTableAsync(connection, KeyTable, cancel)) return [];
        await using var command = statement.On(connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancel)) rows.Add(read(reader));
        return rows;
    }

    static SealedKey Read(DbDataReader reader) => new(
        reader.IsDBNull(0) ? null : reader.GetFieldValue<byte[]>(0), reader.IsDBNull(1) ? null : reader.GetInt64(1));
}

using System.Data.Common;
using Gateway.Protocols.Journal;
using static Gateway.Actors.Record.JournalDatabase;

namespace Gateway.Actors.Record;

/// <summary>An event of the journal with its place there.</summary>
/// <param name="Position">Grows with every event of the journal.</param>
/// <param name="PersistenceId">The session, or the registry.</param>
/// <param name="Number">Counts the session's events from 1.</param>
/// <param name="Manifest">Which event it is.</param>
/// <param name="Bytes">As stored, chain value included; null where there are more than anybody should read at once.</param>
public sealed record JournalRow(long Position, string PersistenceId, long Number, string Manifest, byte[]? Bytes);

/// <summary>What of the journal is told elsewhere, in the journal's order, and how far each outlet has it. Throws what the database's driver throws.</summary>
public sealed class SqlEventFeed(JournalDatabase database)
{
    /// <summary>Numbers one question may pass over: most of a journal is traffic.</summary>
    const int Span = 100_000;

    /// <summary>Bytes of one event that are read. Origin: the largest documents of the registry are 256 KiB.</summary>
    const int LargestEvent = 512 * 1024;

    /// <summary>Bytes of events in memory at once, but for the last one.</summary>
    const int Memory = 4 * 1024 * 1024;

    static readonly Type[] s_told =
        [typeof(SessionOpened), typeof(SessionRefused), typeof(OperationsDenied), typeof(SessionNoticed), typeof(SessionSealed)];

    static readonly string s_rows =
        $"""
        select ordering, persistence_id, sequence_number, manifest, case when length(message) <= {LargestEvent} then message end
        from {JournalTable} where ordering > @after and ordering <= @until
            and (persistence_id = '{RegistrySeal.PersistenceId}' or manifest in ({Manifests()}))
        order by ordering limit @most
        """;

    const string Position = $"select position from {OutletTable} where outlet = @outlet";

    const string Advance =
        $"""
        insert into {OutletTable} (outlet, position) values (@outlet, @position)
        on conflict (outlet) do update set position = excluded.position where {OutletTable}.position < excluded.position
        """;

    /// <summary>How far the journal goes now.</summary>
    public async Task<JournalMark> MarkAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        await using var command = new SqlStatement(database.MarkSql).On(connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return new JournalMark(reader.GetInt64(0), reader.GetString(1).Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>Up to where that outlet has everything; 0: it has nothing yet.</summary>
    public async Task<long> PositionAsync(string outlet, CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        return await new SqlStatement(Position, ("outlet", outlet)).ScalarAsync(connection, cancel) is { } position ? Convert.ToInt64(position, null) : 0;
    }

    /// <summary>That outlet has everything up to there. One that has more already keeps it.</summary>
    public async Task AdvanceAsync(string outlet, long position, CancellationToken cancel) =>
        await database.CommitAsync([new SqlStatement(Advance, ("outlet", outlet), ("position", position))], cancel);

    /// <summary>What is told of the events after <paramref name="after"/>, in order.</summary>
    /// <param name="after">A position.</param>
    /// <param name="settled">No event up to there can still come.</param>
    /// <param name="most">Events at most.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <returns>The events, and up to where nothing else is to be told.</returns>
    public async Task<(IReadOnlyList<JournalRow> Rows, long Until)> ReadAsync(long after, long settled, int most, CancellationToken cancel)
    {
        var until = Math.Min(settled, after + Span);
        var (rows, bytes) = (new List<JournalRow>(), 0L);
        await using var connection = await database.OpenAsync(cancel);
        await using var command = new SqlStatement(s_rows, ("after", after), ("until", until), ("most", most)).On(connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var row = Row(reader);
            rows.Add(row);
            bytes += row.Bytes?.Length ?? 0;
            if (rows.Count == most || bytes > Memory) return (rows, row.Position);
        }

        return (rows, until);
    }

    /// <summary>The rows of those sessions, of those that still have one.</summary>
    public async Task<IReadOnlyDictionary<string, SessionRow>> SessionsAsync(IReadOnlyCollection<string> ids, CancellationToken cancel)
    {
        var rows = ids.Count == 0 ? [] : await SessionSql.RowsAsync(database, SessionSql.FindAll(ids), cancel);
        return rows.ToDictionary(row => row.SessionId, StringComparer.Ordinal);
    }

    static JournalRow Row(DbDataReader reader) => new(
        reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2), reader.IsDBNull(3) ? "" : reader.GetString(3),
        reader.IsDBNull(4) ? null : reader.GetFieldValue<byte[]>(4));

    static string Manifests() =>
        string.Join(", ", SessionEventTable.Manifests.Where(m => s_told.Contains(m.Type)).Select(m => $"'{m.Manifest}'"));
}

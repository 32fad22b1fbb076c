using System.Runtime.CompilerServices;
using Gateway.Protocols.Journal;
using static Gateway.Actors.Record.JournalDatabase;

namespace Gateway.Actors.Record;

/// <summary>
/// The ledger of all sessions that ended, in pages beside the journal, and the list of those that wait to be entered. Who appends takes the number of its page:
/// two that do it at once, in a cluster torn apart, cannot.
/// </summary>
public sealed class SqlLedger(JournalDatabase database)
{
    const string Newest = $"select number, page from {LedgerTable} order by number desc limit 1";

    const string Page = $"select page from {LedgerTable} where number = @number";

    const string DueRows = $"select session_id, closed_at from {LedgerDueTable} order by closed_at, session_id limit @most";

    const string Insert = $"insert into {LedgerTable} (number, page) values (@number, @page)";

    const string Done = $"delete from {LedgerDueTable} where session_id = @session";

    /// <summary>The newest page and its number; null and 0 while there is none. Throws <see cref="JournalFormatException"/> where it is none.</summary>
    public async Task<(long Number, LedgerPage? Page)> NewestAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        await using var command = new SqlStatement(Newest).On(connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? (reader.GetInt64(0), LedgerPage.Read(reader.GetFieldValue<byte[]>(1))) : (0, null);
    }

    /// <summary>All pages in order, one in memory at a time; up to the first number that is not there.</summary>
    public async IAsyncEnumerable<LedgerPage> PagesAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        for (var number = 1L; await PageAsync(number, cancel) is { } page; number++) yield return page;
    }

    /// <summary>
    /// Sessions that ended and are not entered yet, as the ledger will have them; at most a page of them. A refused connection is among them a moment before
    /// its one event is in the journal, and has no chain until then.
    /// </summary>
    public async Task<IReadOnlyList<LedgerEntry>> DueAsync(CancellationToken cancel)
    {
        var due = new List<LedgerEntry>();
        await using (var connection = await database.OpenAsync(cancel))
        {
            await using var command = new SqlStatement(DueRows, ("most", LedgerPage.MostEntries)).On(connection);
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel)) due.Add(new LedgerEntry(reader.GetString(0), reader.GetInt64(1), LedgerEntry.NoChain));
        }

        var chains = await LastChainsAsync([.. due.Select(entry => entry.SessionId)], cancel);
        return [.. due.Select(entry => entry with { Chain = chains.GetValueOrDefault(entry.SessionId, LedgerEntry.NoChain) })];
    }

    /// <summary>Appends the page and takes its sessions off the list. Throws where another was faster.</summary>
    /// <param name="number">One more than that of the newest page.</param>
    /// <param name="page">Continues it.</param>
    /// <param name="cancel">Ends the wait; the page may be appended all the same.</param>
    public async Task AppendAsync(long number, LedgerPage page, CancellationToken cancel) => await database.CommitAsync(
    [
        new SqlStatement(Insert, ("number", number), ("page", page.ToBytes())),
        .. page.Entries.Select(entry => new SqlStatement(Done, ("session", entry.SessionId))),
    ], cancel);

    /// <summary>The chain value of each session's last event, of those that have one.</summary>
    /// <param name="sessionIds">At most a page of them.</param>
    /// <param name="cancel">Ends the wait.</param>
    public async Task<IReadOnlyDictionary<string, ReadOnlyMemory<byte>>> LastChainsAsync(IReadOnlyList<string> sessionIds, CancellationToken cancel)
    {
        var chains = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        if (sessionIds.Count == 0) return chains;
        var names = string.Join(", ", sessionIds.Select((_, i) => $"@s{i}"));
        // The chain value is what a stored event ends with; of one that may be long the rest is not asked for.
        var select =
            $"""
            select persistence_id, substr(message, length(message) - {SessionChain.Length - 1}) from {JournalTable}
            where (persistence_id, sequence_number) in (
                select persistence_id, max(sequence_number) from {JournalTable} where persistence_id in ({names}) group by persistence_id)
                and length(message) >= {SessionChain.Length}
            """;
        await using var connection = await database.OpenAsync(cancel);
        await using var command = new SqlStatement(select, [.. sessionIds.Select((id, i) => ($"s{i}", (object?)IndexText.Of(id)))]).On(connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel)) chains[reader.GetString(0)] = reader.GetFieldValue<byte[]>(1);
        return chains;
    }

    async Task<LedgerPage?> PageAsync(long number, CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        if (number == 1 && !await database.HasTableAsync(connection, LedgerTable, cancel)) return null;
        return await new SqlStatement(Page, ("number", number)).ScalarAsync(connection, cancel) is byte[] page ? LedgerPage.Read(page) : null;
    }
}

using System.Data.Common;
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
    const string Newest = $"select page from {LedgerTable} order by number desc limit 1";

    const string Page = $"select page from {LedgerTable} where number = @number";

    const string DueRows = $"select session_id, closed_at from {LedgerDueTable} order by closed_at, session_id limit @most";

    // The last event of a recording is short: it is never traffic.
    const string LastEvent =
        $"select message from {JournalTable} where persistence_id = @session and manifest not like 's.traffic.%' order by sequence_number desc limit 1";

    const string Insert = $"insert into {LedgerTable} (number, page) values (@number, @page)";

    const string Done = $"delete from {LedgerDueTable} where session_id = @session";

    /// <summary>The newest page; null while there is none. Throws <see cref="JournalFormatException"/> where it is none.</summary>
    public async Task<LedgerPage?> NewestAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        if (!await database.HasTableAsync(connection, LedgerTable, cancel)) return null;
        return await new SqlStatement(Newest).ScalarAsync(connection, cancel) is byte[] page ? LedgerPage.Read(page) : null;
    }

    /// <summary>All pages in order, one in memory at a time; up to the first number that is not there.</summary>
    public async IAsyncEnumerable<LedgerPage> PagesAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        for (var number = 1L; await PageAsync(number, cancel) is { } page; number++) yield return page;
    }

    /// <summary>Sessions that ended and are not entered yet, as the ledger will have them; at most a page of them.</summary>
    public async Task<IReadOnlyList<LedgerEntry>> DueAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        var due = new List<LedgerEntry>();
        await using (var command = new SqlStatement(DueRows, ("most", LedgerPage.MostEntries)).On(connection))
        {
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel)) due.Add(new LedgerEntry(reader.GetString(0), reader.GetInt64(1), default));
        }

        for (var i = 0; i < due.Count; i++) due[i] = due[i] with { Chain = await LastChainAsync(connection, due[i].SessionId, cancel) };
        return due;
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

    /// <summary>The number of the newest page; 0 while there is none.</summary>
    public async Task<long> CountAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        return await new SqlStatement($"select coalesce(max(number), 0) from {LedgerTable}").ScalarAsync(connection, cancel) is long number ? number : 0;
    }

    /// <summary>The chain value of the session's last event; zeros where there is no event.</summary>
    public async Task<ReadOnlyMemory<byte>> LastChainAsync(string sessionId, CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        return await LastChainAsync(connection, sessionId, cancel);
    }

    async Task<LedgerPage?> PageAsync(long number, CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        if (number == 1 && !await database.HasTableAsync(connection, LedgerTable, cancel)) return null;
        return await new SqlStatement(Page, ("number", number)).ScalarAsync(connection, cancel) is byte[] page ? LedgerPage.Read(page) : null;
    }

    static async Task<ReadOnlyMemory<byte>> LastChainAsync(DbConnection connection, string sessionId, CancellationToken cancel) =>
        await new SqlStatement(LastEvent, ("session", sessionId)).ScalarAsync(connection, cancel) is byte[] { Length: >= SessionChain.Length } stored
            ? stored.AsMemory(stored.Length - SessionChain.Length)
            : new byte[SessionChain.Length];
}

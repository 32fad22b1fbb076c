using static Gateway.Actors.Record.IndexText;
using static Gateway.Actors.Record.JournalDatabase;

namespace Gateway.Actors.Record;

/// <summary>Finds and removes recordings whose retention is over: key, events and index with its operations, in small transactions that nobody waits for long.</summary>
public sealed class ExpiredRecordings(JournalDatabase database)
{
    /// <summary>Events in one transaction. Origin: with chunks of 64 KiB about as much as one batch of the journal's own.</summary>
    const int Slice = 128;

    const string Select =
        $"select session_id from {SessionTable} where connection = @connection and closed_at < @before order by started_at, session_id limit @most offset @after";

    const string DeleteEvents =
        $"delete from {JournalTable} where persistence_id = @session and sequence_number <= " +
        $"(select min(sequence_number) + @slice from {JournalTable} where persistence_id = @session)";

    const string DeleteKey = $"delete from {KeyTable} where session_id = @session";

    const string DeleteRow = $"delete from {SessionTable} where session_id = @session";

    /// <summary>Sessions of the connection that ended before that, oldest first.</summary>
    /// <param name="connection">Its name.</param>
    /// <param name="before">Microseconds since the Unix epoch.</param>
    /// <param name="after">So many of the oldest are passed over.</param>
    /// <param name="most">No more than these.</param>
    /// <param name="cancel">Ends the wait.</param>
    public async Task<IReadOnlyList<string>> FindAsync(string connection, long before, int after, int most, CancellationToken cancel)
    {
        await using var opened = await database.OpenAsync(cancel);
        await using var command = new SqlStatement(
            Select, ("connection", Of(connection)), ("before", before), ("after", after), ("most", most)).On(opened);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var found = new List<string>();
        while (await reader.ReadAsync(cancel)) found.Add(reader.GetString(0));
        return found;
    }

    /// <summary>
    /// Removes a session. The key goes first, so that one that is half removed cannot be read; the row last, so that it is found again.
    /// </summary>
    public async Task RemoveAsync(string sessionId, CancellationToken cancel)
    {
        var session = Of(sessionId);
        await database.CommitAsync([new SqlStatement(DeleteKey, ("session", session))], cancel);
        while ((await database.CommitAsync([new SqlStatement(DeleteEvents, ("session", session), ("slice", Slice - 1))], cancel))[0] > 0)
        {
            // The next slice.
        }

        await database.CommitAsync([OperationSql.Remove(sessionId), new SqlStatement(DeleteRow, ("session", session))], cancel);
    }
}

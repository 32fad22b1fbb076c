using static Gateway.Actors.Record.IndexText;
using static Gateway.Actors.Record.JournalDatabase;

namespace Gateway.Actors.Record;

/// <summary>A <see cref="SessionHistory"/> as one question to the index.</summary>
static class HistorySql
{
    // By subject, of which there are fewest rows: the connection's own index is kept out of it.
    const string Sessions =
        $"from {SessionTable} where subject = @subject and connection || '' = @connection and started_at >= @since and started_at < @until";

    // A connection that was refused was none of the subject's sessions; it is closed as it begins.
    const string WasOpened = "(closed_at is null or closed_at > started_at)";

    static readonly string s_select =
        $"""
        select ja4, count(*), 0 from (
            select ja4 {Sessions} and ja4 is not null and {WasOpened}
            order by started_at desc limit {SessionHistory.MostFingerprinted}) as known group by ja4
        union all
        select null, count(*), coalesce(max(bytes), 0) from (
            select to_upstream_bytes + to_client_bytes as bytes {Sessions} and closed_at > started_at
            order by started_at desc limit {SessionHistory.MostEnded}) as ended
        """;

    public static async Task<SessionHistory> AskAsync(JournalDatabase database, HistoryQuestion question, CancellationToken cancel)
    {
        var select = new SqlStatement(
            s_select, ("subject", Of(question.Subject)), ("connection", Of(question.Connection)),
            ("since", question.Since), ("until", question.Before));
        await using var connection = await database.OpenAsync(cancel);
        await using var command = select.On(connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var (fingerprints, volumes) = (new Dictionary<string, long>(StringComparer.Ordinal), new SessionVolumes(0, 0));
        while (await reader.ReadAsync(cancel))
        {
            if (reader.IsDBNull(0)) volumes = new SessionVolumes(reader.GetInt64(1), reader.GetInt64(2));
            else fingerprints[reader.GetString(0)] = reader.GetInt64(1);
        }

        return new SessionHistory { Fingerprints = fingerprints, Volumes = volumes };
    }
}

using static Gateway.Actors.Record.IndexText;
using static Gateway.Actors.Record.JournalDatabase;

namespace Gateway.Actors.Record;

/// <summary>A <see cref="SessionHistory"/> as one question to the index.</summary>
static class HistorySql
{
    // By subject, of which there are fewest rows: the connection's own index is kept out of it.
    const string Since = $"from {SessionTable} where subject = @subject and connection || '' = @connection and started_at >= @since";
    const string Sessions = $"{Since} and started_at < @until";

    // A connection that was refused was none of the subject's sessions; it is closed as it begins.
    const string WasOpened = "(closed_at is null or closed_at > started_at)";

    // What a row of the answer is about.
    const int Fingerprinted = 0;
    const int Ended = 1;
    const int Beside = 2;

    static readonly string s_select =
        $"""
        select {Fingerprinted}, ja4, count(*), 0 from (
            select ja4 {Sessions} and ja4 is not null and {WasOpened}
            order by started_at desc limit {SessionHistory.MostFingerprinted}) as known group by ja4
        union all
        select {Ended}, null, count(*), coalesce(max(bytes), 0) from (
            select to_upstream_bytes + to_client_bytes as bytes {Sessions} and closed_at > started_at
            order by started_at desc limit {SessionHistory.MostEnded}) as ended
        """;

    static readonly string s_beside =
        $"""
        union all
        select {Beside}, client_address, 0, 0 from (
            select client_address from (
                select session_id, client_address, closed_at {Since} order by started_at desc limit {SessionHistory.MostLookedAt}) as latest
            where closed_at is null and session_id <> @beside limit {SessionHistory.MostBeside}) as beside
        """;

    public static async Task<SessionHistory> AskAsync(JournalDatabase database, HistoryQuestion question, CancellationToken cancel)
    {
        var select = new SqlStatement(
            question.Beside is null ? s_select : $"{s_select}\n{s_beside}",
        [
            ("subject", Of(question.Subject)), ("connection", Of(question.Connection)), ("since", question.Since),
            ("until", question.Before),
            .. question.Beside is { } beside ? ((string, object?)[])[("beside", Of(beside))] : [],
        ]);
        await using var connection = await database.OpenAsync(cancel);
        await using var command = select.On(connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var (fingerprints, volumes) = (new Dictionary<string, long>(StringComparer.Ordinal), new SessionVolumes(0, 0));
        var clients = new List<string>();
        while (await reader.ReadAsync(cancel))
        {
            switch (reader.GetInt32(0))
            {
                case Fingerprinted:
                    fingerprints[reader.GetString(1)] = reader.GetInt64(2);
                    break;
                case Ended:
                    volumes = new SessionVolumes(reader.GetInt64(2), reader.GetInt64(3));
                    break;
                case Beside:
                    clients.Add(reader.GetString(1));
                    break;
            }
        }

        return new SessionHistory { Fingerprints = fingerprints, Volumes = volumes, Beside = clients };
    }
}

using System.Data.Common;
using Gateway.Protocols;
using static Gateway.Actors.Record.IndexText;
using static Gateway.Actors.Record.JournalDatabase;

namespace Gateway.Actors.Record;

/// <summary>The operations of sessions as SQL and back.</summary>
static class OperationSql
{
    /// <summary>The session table's column that says how much of a session's operations the index holds: one of the numbers below, or null in rows of earlier versions.</summary>
    public const string Column = "operations";

    /// <summary>All of them, the session being over.</summary>
    public const int Whole = 0;

    /// <summary>Some of them.</summary>
    public const int Part = 1;

    /// <summary>All but those of the last seconds, while the session runs. Where it ends and this stays, somebody closed it who did not know of operations.</summary>
    public const int Running = 2;

    const string Delete = $"delete from {OperationTable} where session_id = @session";

    const string Blank = $"update {SessionTable} set {Column} = 1 where session_id = @session";

    const string Select =
        $"select operation, resource, denied, first_at from {OperationTable} where session_id = @session order by first_at, operation, resource, denied";

    static readonly string s_known =
        $"select count(*) from {SessionTable} where session_id = @session and ({Column} = {Whole} or {Column} = {Running} and closed_at is null)";

    public static SqlStatement Add(string sessionId, IReadOnlyList<IndexedOperation> operations)
    {
        var rows = string.Join(", ", operations.Select((_, i) => $"(@session, @o{i}, @r{i}, @d{i}, @t{i})"));
        return new SqlStatement(
            $"insert into {OperationTable} (session_id, operation, resource, denied, first_at) values {rows} on conflict do nothing",
            [
                ("session", Of(sessionId)),
                .. operations.SelectMany((one, i) => ((string, object?)[])
                [
                    ($"o{i}", Of(one.Operation)), ($"r{i}", Of(one.Resource)), ($"d{i}", one.IsDenied ? 1 : 0), ($"t{i}", one.FirstAt),
                ]),
            ]);
    }

    public static SqlStatement Remove(string sessionId) => new(Delete, ("session", Of(sessionId)));

    /// <summary>Forgets what the session did, and that this was known.</summary>
    public static IEnumerable<SqlStatement> Forget(string sessionId) => [Remove(sessionId), new(Blank, ("session", Of(sessionId)))];

    /// <summary>The condition on a session's row, with its parameters.</summary>
    public static (string Text, (string, object?)[] Parameters) Condition(OperationQuestion question)
    {
        (string, object?)[] asked =
        [
            .. question.Operation is { } operation ? ((string, object?)[])[("operation", Of(operation))] : [],
            .. question.Topic is { } topic ? ((string, object?)[])[("topic", Of(topic))] : [],
        ];
        var did = $"select session_id from {OperationTable} where {string.Join(" and ", asked.Select(one => $"{ColumnOf(one.Item1)} = @{one.Item1}"))}";
        if (!question.Perhaps) return ($"session_id in ({did})", asked);
        var (could, protocols) = Could(question.Operation);
        return ($"({Column} is null or {Column} = {Part} or ({Column} = {Running} and closed_at is not null)) and {could} and session_id not in ({did})", [.. asked, .. protocols]);
    }

    /// <summary>As <see cref="Condition"/> in a database that only earlier versions wrote, which knows of no session what it did.</summary>
    public static (string Text, (string, object?)[] Parameters) ConditionOfEarlier(OperationQuestion question) =>
        question.Perhaps ? Could(question.Operation) : ("1 = 0", []);

    /// <summary>Null where the session is not known; then an empty answer would say that it did nothing.</summary>
    public static async Task<SessionOperations> ReadAsync(JournalDatabase database, string sessionId, CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        if (!await database.HasTableAsync(connection, OperationTable, cancel)) return SessionOperations.Unknown;
        var all = new List<IndexedOperation>();
        await using (var command = new SqlStatement(Select, ("session", Of(sessionId))).On(connection))
        {
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel)) all.Add(Row(reader));
        }

        return new SessionOperations(all, await new SqlStatement(s_known, ("session", Of(sessionId))).ScalarAsync(connection, cancel) is 1L);
    }

    // A connection that was refused before it was a session's did nothing: it is closed as it begins. Of a protocol without operations there are none.
    static (string Text, (string, object?)[] Parameters) Could(string? operation)
    {
        var protocols = ProtocolCatalog.All.Where(p => operation is null ? p.Operations.Count > 0 : p.Operations.Contains(operation)).ToArray();
        return (
            $"(closed_at is null or closed_at > started_at) and protocol in ({string.Join(", ", protocols.Select((_, i) => $"@p{i}"))})",
            [.. protocols.Select((protocol, i) => ($"p{i}", (object?)protocol.Name))]);
    }

    static string ColumnOf(string parameter) => parameter == "topic" ? "resource" : "operation";

    static IndexedOperation Row(DbDataReader reader) => new(reader.GetString(0), reader.GetString(1), reader.GetInt32(2) == 1, reader.GetInt64(3));
}

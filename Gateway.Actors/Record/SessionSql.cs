using System.Data.Common;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using static Gateway.Actors.Record.IndexText;
using static Gateway.Actors.Record.JournalDatabase;

namespace Gateway.Actors.Record;

/// <summary>The index's rows as SQL and back.</summary>
static class SessionSql
{
    /// <summary>Rows one question may bring into memory, at most about 20 MB.</summary>
    const int Rows = 10_000;

    const string Columns =
        "session_id, connection, protocol, node_key, client_address, subject, started_at, " +
        "closed_at, ending, refusal, detail, to_upstream_bytes, to_client_bytes, ja4, operations";

    /// <summary>What columns there are, in <see cref="Columns"/>' order: a database that only earlier versions wrote ends before the youngest.</summary>
    const string Select = $"select * from {SessionTable}";

    const int Ja4Column = 13;

    /// <summary>A session that is known already keeps its row; one that was open may so be closed, never the other way round.</summary>
    const string Insert =
        $"""
        insert into {SessionTable} ({Columns})
        values (@session, @connection, @protocol, @node, @client, @subject, @started, @closed, @ending, @refusal, @detail, @up, @down, @ja4, @known)
        on conflict (session_id) do update set closed_at = excluded.closed_at, ending = excluded.ending, refusal = excluded.refusal,
            detail = excluded.detail, to_upstream_bytes = excluded.to_upstream_bytes, to_client_bytes = excluded.to_client_bytes,
            operations = excluded.operations
        where {SessionTable}.closed_at is null and excluded.closed_at is not null
        """;

    const string Update =
        $"""
        update {SessionTable} set closed_at = @closed, ending = @ending, refusal = @refusal, detail = @detail, to_upstream_bytes = @up,
            to_client_bytes = @down, operations = case when closed_at is null then @known else operations end
        where session_id = @session
        """;

    /// <summary>A session that ends now is to be entered into the ledger: once, however often its end is written.</summary>
    const string Due =
        $"""
        insert into {LedgerDueTable} (session_id, closed_at) select @session, @closed
        where not exists (select 1 from {SessionTable} where session_id = @session and closed_at is not null) on conflict (session_id) do nothing
        """;

    /// <summary>Before the row that says the session ended.</summary>
    public static SqlStatement IsDue(string sessionId, long closedAt) => new(Due, ("session", Of(sessionId)), ("closed", closedAt));

    public static SqlStatement Add(SessionRow row) => new(Insert,
    [
        ("session", Of(row.SessionId)), ("connection", Of(row.Connection)), ("protocol", Of(row.Protocol)), ("node", Of(row.NodeKey)),
        ("client", Of(row.ClientAddress)), ("subject", row.Subject is { } subject ? Of(subject) : null), ("started", row.StartedAt),
        .. Closing(row.Closing), ("ja4", row.Ja4 is { } ja4 ? Of(ja4) : null),
        ("known", row.Closing is null ? OperationSql.Running : OperationSql.Whole),
    ]);

    public static SqlStatement Close(string sessionId, SessionClosing closing, bool isWhole) =>
        new(Update, [("session", Of(sessionId)), .. Closing(closing), ("known", isWhole ? OperationSql.Whole : OperationSql.Part)]);

    public static SqlStatement Find(string sessionId) =>
        new($"{Select} where session_id = @session", ("session", Of(sessionId)));

    /// <summary>The rows of those sessions; as many names as a batch of any kind has.</summary>
    public static SqlStatement FindAll(IReadOnlyCollection<string> sessionIds) => new(
        $"{Select} where session_id in ({string.Join(", ", sessionIds.Select((_, i) => $"@s{i}"))})",
        [.. sessionIds.Select((id, i) => ($"s{i}", (object?)Of(id)))]);

    /// <param name="filter">Which.</param>
    /// <param name="hasOperations">False: the database is one that only earlier versions wrote, and knows nothing of operations.</param>
    public static SqlStatement List(SessionFilter filter, bool hasOperations = true)
    {
        var conditions = new Conditions();
        conditions.Add("connection = @connection", "connection", filter.Connection is { } connection ? Of(connection) : null);
        conditions.Add("subject = @subject", "subject", filter.Subject is { } subject ? Of(subject) : null);
        conditions.Add("protocol = @protocol", "protocol", filter.Protocol is { } protocol ? Of(protocol) : null);
        conditions.Add("to_upstream_bytes + to_client_bytes >= @bytes", "bytes", filter.LeastBytes);
        conditions.AddAnyPrefix("client_address", "client", filter.Client?.Prefixes ?? []);
        conditions.Add("ja4 = @ja4", "ja4", filter.Ja4?.ToString());
        conditions.Add("node_key = @node", "node", filter.NodeKey is { } node ? Of(node) : null);
        conditions.Add("refusal = @refusal", "refusal", filter.Refusal is { } refusal ? (int)refusal : null);
        conditions.Add("started_at >= @after", "after", filter.After);
        conditions.Add("started_at < @before", "before", filter.Before);
        if (filter.Did is { } did) conditions.Add(hasOperations ? OperationSql.Condition(did) : OperationSql.ConditionOfEarlier(did));
        if (filter.Open is { } open)
            conditions.Add(open ? "closed_at is null" : "closed_at is not null");
        return conditions.Statement(Select, "order by started_at desc, session_id desc", filter.Most);
    }

    public static SqlStatement OpenOutside(IReadOnlyCollection<string> nodeKeys, int most)
    {
        var conditions = new Conditions();
        conditions.Add("closed_at is null");
        foreach (var (i, node) in nodeKeys.Index())
            conditions.Add($"node_key <> @node{i}", $"node{i}", Of(node));
        return conditions.Statement(Select, "order by started_at, session_id", most);
    }

    public static async Task<IReadOnlyList<SessionRow>> RowsAsync(JournalDatabase database, SqlStatement select, CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        await using var command = select.On(connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<SessionRow>();
        while (await reader.ReadAsync(cancel))
            rows.Add(Row(reader));
        return rows;
    }

    static (string, object?)[] Closing(SessionClosing? closing) =>
    [
        ("closed", closing?.ClosedAt), ("ending", (int?)closing?.Ending), ("refusal", (int?)closing?.Refusal),
        ("detail", closing?.Detail is { } detail ? Of(detail) : null), ("up", closing?.ToUpstreamBytes), ("down", closing?.ToClientBytes),
    ];

    static SessionRow Row(DbDataReader reader) => new()
    {
        SessionId = reader.GetString(0),
        Connection = reader.GetString(1),
        Protocol = reader.GetString(2),
        NodeKey = reader.GetString(3),
        ClientAddress = reader.GetString(4),
        Subject = Text(reader, 5),
        StartedAt = reader.GetInt64(6),
        Ja4 = reader.FieldCount > Ja4Column ? Text(reader, Ja4Column) : null,
        Closing = reader.IsDBNull(7) ? null : Closed(reader),
    };

    static SessionClosing Closed(DbDataReader reader) => new(
        ClosedAt: reader.GetInt64(7),
        Ending: (Ending)reader.GetInt32(8),
        Refusal: (Refusal)reader.GetInt32(9),
        Detail: Text(reader, 10),
        ToUpstreamBytes: reader.GetInt64(11),
        ToClientBytes: reader.GetInt64(12));

    static string? Text(DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    sealed class Conditions
    {
        readonly List<string> _conditions = [];
        readonly List<(string, object?)> _parameters = [];

        public void Add(string condition) => _conditions.Add(condition);

        public void Add((string Text, (string, object?)[] Parameters) condition)
        {
            Add(condition.Text);
            _parameters.AddRange(condition.Parameters);
        }

        /// <summary>Nothing where there is no value to compare with.</summary>
        public void Add(string condition, string name, object? value)
        {
            if (value is null)
                return;
            Add(condition);
            _parameters.Add((name, value));
        }

        /// <summary>The column begins with one of the texts; nothing where there is none. Not by "like", whose wildcards and case differ.</summary>
        public void AddAnyPrefix(string column, string name, IReadOnlyList<string> prefixes)
        {
            if (prefixes.Count == 0)
                return;
            Add($"({string.Join(" or ", prefixes.Select((prefix, i) => $"substr({column}, 1, {prefix.Length}) = @{name}{i}"))})");
            _parameters.AddRange(prefixes.Select((prefix, i) => ($"{name}{i}", (object?)prefix)));
        }

        public SqlStatement Statement(string select, string order, int most)
        {
            var where = _conditions.Count == 0 ? "" : $"where {string.Join(" and ", _conditions)}";
            return new SqlStatement($"{select} {where} {order} limit @most", [.. _parameters, ("most", Math.Clamp(most, 0, Rows))]);
        }
    }
}

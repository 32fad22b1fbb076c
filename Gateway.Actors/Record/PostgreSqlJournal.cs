using System.Data.Common;
using System.Net;
using LinqToDB;
using LinqToDB.Data;
using LinqToDB.DataProvider.PostgreSQL;
using Npgsql;

namespace Gateway.Actors.Record;

/// <summary>A journal in a PostgreSQL database that all nodes share.</summary>
sealed class PostgreSqlJournal : JournalDatabase
{
    const int ConnectSeconds = 5;
    const int CommandSeconds = 10;

    /// <summary>The lock under which nodes that start in the same moment create the tables one after the other.</summary>
    const long SchemaLock = 0x6761746577617901;

    readonly string _connectionString;
    readonly bool _readOnly;

    public PostgreSqlJournal(string connectionString, bool readOnly)
    {
        var builder = Parse(connectionString);
        Place = $"postgresql://{builder.Username}@{builder.Host}:{builder.Port}/{builder.Database ?? builder.Username}";
        _connectionString = builder.ConnectionString;
        _readOnly = readOnly;
    }

    public override string Place { get; }

    internal override string ProviderName => LinqToDB.ProviderName.PostgreSQL15;

    internal override int Writers => 3;

    private protected override string Remedy => _readOnly
        ? "check server, database, credentials and the right to read its tables"
        : "check server, database, credentials and the right to create tables";

    public override async Task<DbConnection> OpenAsync(CancellationToken cancel)
    {
        var connection = new NpgsqlConnection(_connectionString);
        try
        {
            await connection.OpenAsync(cancel);
            if (_readOnly)
                await SqlStatement.ExecuteAsync(connection, "set default_transaction_read_only = on", cancel);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    // Whoever writes holds this lock from before the first number is drawn until the transaction is over. The statement's snapshot is older than its look
    // at the locks, so that no writer can slip between the two.
    internal override string MarkSql =>
        $"""
        select (select coalesce(max(ordering), 0) from {JournalTable}),
            (select coalesce(string_agg(virtualtransaction, ' '), '') from pg_locks where granted and mode = 'RowExclusiveLock'
                and relation = '{JournalTable}'::regclass and database = (select oid from pg_database where datname = current_database()))
        """;

    internal override DataOptions DataOptions() => new DataOptions()
        .UseConnectionString(ProviderName, _connectionString)
        .WithOptions<PostgreSQLOptions>(o => o with { BulkCopyType = BulkCopyType.ProviderSpecific });

    internal override async Task<IReadOnlyList<int>> CommitAsync(IReadOnlyList<SqlStatement> statements, CancellationToken cancel)
    {
        await using var connection = await OpenAsync(cancel);
        // A batch goes out in one round trip and is one transaction by itself.
        await using var batch = connection.CreateBatch();
        foreach (var statement in statements)
            batch.BatchCommands.Add(statement.On(batch));
        await batch.ExecuteNonQueryAsync(cancel);
        return [.. batch.BatchCommands.Select(command => command.RecordsAffected)];
    }

    // Class 23: integrity constraint violation.
    internal override bool IsOfOneRow(DbException fault) => fault is PostgresException { SqlState: ['2', '3', ..] };

    // Dead rows are kept until the table is vacuumed. Their bytes stay in pages, write-ahead log and replicas until these are written over.
    internal override async Task ForgetAsync(string table, CancellationToken cancel)
    {
        await using var connection = await OpenAsync(cancel);
        await SqlStatement.ExecuteAsync(connection, $"vacuum {table}", cancel);
    }

    private protected override async Task CreateAsync(CancellationToken cancel)
    {
        await using var connection = await OpenAsync(cancel);
        // Once tables and columns exist a node needs no right to create them.
        if (await HasAllAsync(connection, cancel))
            return;
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await SqlStatement.ExecuteAsync(connection, $"select pg_advisory_xact_lock({SchemaLock})", cancel);
        await SqlStatement.ExecuteAsync(connection, JournalSchema.PostgreSql, cancel);
        // Another node may have added them while this one waited.
        await AddColumnsAsync(connection, cancel);
        await SqlStatement.ExecuteAsync(connection, JournalSchema.YoungerIndexes, cancel);
        await transaction.CommitAsync(cancel);
    }

    async Task<bool> HasAllAsync(DbConnection connection, CancellationToken cancel)
    {
        foreach (var table in JournalSchema.Tables)
        {
            if (!await HasTableAsync(connection, table, cancel))
                return false;
        }

        foreach (var (name, _) in JournalSchema.YoungerColumns)
        {
            if (!await HasColumnAsync(connection, name, cancel))
                return false;
        }

        return true;
    }

    private protected override async Task<bool> HasColumnAsync(DbConnection connection, string column, CancellationToken cancel) => await new SqlStatement(
        $"""
        select exists (select from pg_attribute
            where attrelid = to_regclass('{SessionTable}') and attname = '{column}' and not attisdropped)
        """).ScalarAsync(connection, cancel) is true;

    internal override async Task<bool> HasTableAsync(DbConnection connection, string table, CancellationToken cancel) =>
        await new SqlStatement($"select to_regclass('{table}') is not null").ScalarAsync(connection, cancel) is true;

    static NpgsqlConnectionStringBuilder Parse(string text)
    {
        try
        {
            var given = new DbConnectionStringBuilder { ConnectionString = text };
            var builder = new NpgsqlConnectionStringBuilder(text);
            if (!string.IsNullOrEmpty(builder.Host))
                return WithDefaults(builder, given);
        }
        catch (ArgumentException)
        {
            // The driver's message may quote the text, password included.
        }
        throw new JournalUnavailableException(
            "(PostgreSQL)", "is not named by a connection string",
            "give one such as Host=db.example.test;Database=gateway;Username=gateway");
    }

    static NpgsqlConnectionStringBuilder WithDefaults(NpgsqlConnectionStringBuilder builder, DbConnectionStringBuilder given)
    {
        // The driver's own default would fall back to plaintext; recordings do not cross a network that way unless somebody writes so.
        if (!IsGiven(given, "SSL Mode", "SslMode") && !IsLocal(builder.Host!))
            builder.SslMode = SslMode.VerifyFull;
        if (!IsGiven(given, "Timeout"))
            builder.Timeout = ConnectSeconds;
        if (!IsGiven(given, "Command Timeout", "CommandTimeout"))
            builder.CommandTimeout = CommandSeconds;
        if (!IsGiven(given, "Application Name", "ApplicationName"))
            builder.ApplicationName = "gateway";
        return builder;
    }

    static bool IsGiven(DbConnectionStringBuilder given, params string[] names) => names.Any(given.ContainsKey);

    static bool IsLocal(string host) =>
        host.StartsWith('/') || host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ||
        (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}

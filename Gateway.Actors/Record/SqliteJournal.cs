using System.Data.Common;
using LinqToDB;
using Microsoft.Data.Sqlite;

namespace Gateway.Actors.Record;

/// <summary>A journal in one SQLite file, with write-ahead log: one writer, and readers beside it.</summary>
sealed class SqliteJournal : JournalDatabase
{
    /// <summary>
    /// How long a writer waits for the other one. Origin: a batch of the journal takes milliseconds; seconds mean a stuck disk.
    /// </summary>
    const int BusySeconds = 5;

    const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    readonly string _file;
    readonly string _connectionString;
    readonly bool _readOnly;
    readonly SqlitePragmas _pragmas;

    public SqliteJournal(string connectionString, bool readOnly)
    {
        var builder = Parse(connectionString);
        _file = Path.GetFullPath(builder.DataSource);
        _readOnly = readOnly;
        builder.DataSource = _file;
        builder.Mode = readOnly ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWrite;
        builder.Cache = SqliteCacheMode.Private;
        builder.DefaultTimeout = BusySeconds;
        _connectionString = builder.ToString();
        _pragmas = new SqlitePragmas(Pragmas);
    }

    public override string Place => _file;

    internal override string ProviderName => LinqToDB.ProviderName.SQLiteMS;

    // SQLite has one writer; a second one would only wait for it, busily.
    internal override int Writers => 1;

    private protected override string Remedy => _readOnly
        ? "check the path, and that file and directory may be read (the directory also written, for the write-ahead log)"
        : "check path, permissions and free space";

    // FULL: what was acknowledged survives a power cut. The busy timeout is SQLite's own, which waits in steps of milliseconds; the
    // driver's waits 150.
    string Pragmas => _readOnly
        ? $"pragma busy_timeout = {BusySeconds * 1000}; pragma query_only = on;"
        : $"pragma busy_timeout = {BusySeconds * 1000}; pragma synchronous = full; pragma secure_delete = on; pragma journal_size_limit = {64 * 1024 * 1024};";

    public override async Task<DbConnection> OpenAsync(CancellationToken cancel)
    {
        if (_readOnly && !File.Exists(_file))
            throw new JournalUnavailableException(_file, "does not exist", "correct the path");
        var connection = new SqliteConnection(_connectionString);
        try
        {
            await connection.OpenAsync(cancel);
            await _pragmas.MakeAsync(connection, cancel);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    // One writer: what is numbered is committed before anything else is.
    internal override string MarkSql => $"select coalesce(max(ordering), 0), '' from {JournalTable}";

    internal override DataOptions DataOptions() =>
        new DataOptions().UseConnectionString(ProviderName, _connectionString).UseInterceptor(new SqliteInterceptor(_pragmas));

    internal override async Task<IReadOnlyList<int>> CommitAsync(IReadOnlyList<SqlStatement> statements, CancellationToken cancel)
    {
        await using var transactions = new SqliteTransactions(this);
        return await transactions.CommitAsync(statements, cancel);
    }

    internal override IJournalTransactions Transactions() => new SqliteTransactions(this);

    internal override bool IsOfOneRow(DbException fault) => fault is SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_CONSTRAINT };

    // Freed bytes are overwritten at once (secure_delete); the write-ahead log still has them until it is folded into the file and cut off, which waits for
    // readers as long as any statement does.
    internal override async Task ForgetAsync(string table, CancellationToken cancel)
    {
        await using var connection = await OpenAsync(cancel);
        if (await new SqlStatement("pragma wal_checkpoint(truncate);").ScalarAsync(connection, cancel) is not 0L)
            throw new JournalUnavailableException(_file, "is being read, and its write-ahead log still holds what was overwritten", "try again");
    }

    private protected override async Task CreateAsync(CancellationToken cancel)
    {
        CreateFile();
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(_file) & Others) != 0)
            throw new JournalUnavailableException(_file, "can be read or written by everybody", $"run: chmod o-rw {_file}");
        await using var connection = await OpenAsync(cancel);
        // Measured with 64 KiB events: pages of 16 KiB give 1.5 times the throughput of 4 KiB. Without effect on a file that holds tables.
        await SqlStatement.ExecuteAsync(connection, "pragma page_size = 16384;", cancel);
        var mode = await new SqlStatement("pragma journal_mode = wal;").ScalarAsync(connection, cancel);
        if (mode is not "wal")
            throw new JournalUnavailableException(_file, "lies where no write-ahead log is possible", "move it to a local file system");
        // From its beginning on nobody else writes, and adds what this one finds missing.
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await SqlStatement.ExecuteAsync(connection, JournalSchema.Sqlite, cancel);
        await AddColumnsAsync(connection, cancel);
        await SqlStatement.ExecuteAsync(connection, JournalSchema.YoungerIndexes, cancel);
        await transaction.CommitAsync(cancel);
    }

    private protected override async Task<bool> HasColumnAsync(DbConnection connection, string column, CancellationToken cancel) => await new SqlStatement(
        $"select count(*) from pragma_table_info('{SessionTable}') where name = '{column}'").ScalarAsync(connection, cancel) is 1L;

    internal override async Task<bool> HasTableAsync(DbConnection connection, string table, CancellationToken cancel) =>
        await new SqlStatement($"select count(*) from sqlite_master where type = 'table' and name = '{table}'").ScalarAsync(connection, cancel) is 1L;

    void CreateFile()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
        if (File.Exists(_file))
            return;
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite };
        // The write-ahead log takes over the mode of the file.
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var created = new FileStream(_file, options);
    }

    static SqliteConnectionStringBuilder Parse(string text)
    {
        try
        {
            var builder = new SqliteConnectionStringBuilder(text);
            if (builder.Mode is not SqliteOpenMode.Memory && builder.DataSource is { Length: > 0 } and not ":memory:" &&
                !builder.DataSource.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
                return builder;
        }
        catch (ArgumentException)
        {
            // The driver's message may quote the text.
        }
        throw new JournalUnavailableException(
            "(SQLite)", "is not named by a file", "give a connection string such as Data Source=/var/lib/gateway/journal.db");
    }
}

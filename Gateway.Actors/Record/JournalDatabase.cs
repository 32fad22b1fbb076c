using System.Data.Common;
using Gateway.Actors.Hosting;
using LinqToDB;

namespace Gateway.Actors.Record;

/// <summary>
/// Where recordings and their index lie. Everything that differs between the databases is in the two classes below this one; the SQL of
/// everybody else is plain enough for both. Holds no connection: each <see cref="OpenAsync"/> takes one from the driver's pool.
/// </summary>
public abstract class JournalDatabase
{
    public const string JournalTable = "gateway_journal";
    public const string SessionTable = "gateway_sessions";
    public const string OperationTable = "gateway_session_operations";
    public const string LoginTable = "gateway_logins";
    public const string KeyTable = "gateway_session_keys";
    public const string LedgerTable = "gateway_ledger";
    public const string LedgerDueTable = "gateway_ledger_due";
    public const string OutletTable = "gateway_outlets";

    /// <summary>File, or server and database, as operators may read it.</summary>
    public abstract string Place { get; }

    /// <summary>The name the journal plugin's mapper knows the database by.</summary>
    internal abstract string ProviderName { get; }

    /// <summary>Transactions in flight at once.</summary>
    internal abstract int Writers { get; }

    /// <summary>
    /// The database of checked options; reads a connection string file. SQLite without a connection string is <c>journal.db</c> in the
    /// data directory. Throws <see cref="JournalUnavailableException"/>.
    /// </summary>
    public static JournalDatabase Of(JournalOptions options, string dataDirectory)
    {
        var text = options.ConnectionStringFile is { } file ? FromFile(file) : options.ConnectionString;
        return options.Provider is JournalProvider.PostgreSql
            ? new PostgreSqlJournal(text ?? "", readOnly: false)
            : new SqliteJournal(text ?? $"Data Source={Path.Combine(dataDirectory, "journal.db")}", readOnly: false);
    }

    /// <summary>
    /// Reaches the database and makes what is absent: the SQLite file, the tables, the columns younger
    /// than a table. Nothing else of what exists is altered. Throws <see cref="JournalUnavailableException"/>.
    /// </summary>
    public async Task PrepareAsync(CancellationToken cancel)
    {
        try
        {
            await CreateAsync(cancel);
        }
        catch (Exception e) when (e is DbException or IOException or UnauthorizedAccessException or TimeoutException)
        {
            throw new JournalUnavailableException(Place, $"cannot be prepared ({Reason(e)})", Remedy, e);
        }
    }

    /// <summary>Reaches the database and sees that both tables are there. Throws <see cref="JournalUnavailableException"/>.</summary>
    public async Task RequireTablesAsync(CancellationToken cancel)
    {
        try
        {
            await using var connection = await OpenAsync(cancel);
            if (await HasTablesAsync(connection, cancel))
                return;
        }
        catch (Exception e) when (e is DbException or IOException or UnauthorizedAccessException or TimeoutException)
        {
            throw new JournalUnavailableException(Place, $"cannot be read ({Reason(e)})", Remedy, e);
        }
        throw new JournalUnavailableException(
            Place, $"has no tables {JournalTable} and {SessionTable}", "name the database that a gateway node records to");
    }

    /// <summary>An open connection, ready for our own SQL. Throws the driver's exceptions.</summary>
    public abstract Task<DbConnection> OpenAsync(CancellationToken cancel);

    internal abstract DataOptions DataOptions();

    /// <summary>
    /// Asks for a <see cref="JournalMark"/>: the newest event's number, then the transactions that may be writing events, separated by spaces.
    /// </summary>
    internal abstract string MarkSql { get; }

    /// <summary>Runs the statements in one transaction and returns the rows each affected.</summary>
    internal abstract Task<IReadOnlyList<int>> CommitAsync(IReadOnlyList<SqlStatement> statements, CancellationToken cancel);

    /// <summary>The same for one writer who does nothing else.</summary>
    internal virtual IJournalTransactions Transactions() => new PooledTransactions(this);

    /// <summary>True where a row broke a rule of its table, so that transactions without it go through.</summary>
    internal abstract bool IsOfOneRow(DbException fault);

    /// <summary>
    /// Has the database give up what was overwritten or deleted in the table: SQLite from its files, PostgreSQL as dead rows. Throws
    /// <see cref="JournalUnavailableException"/> where it cannot now.
    /// </summary>
    internal abstract Task ForgetAsync(string table, CancellationToken cancel);

    private protected abstract string Remedy { get; }

    private protected abstract Task CreateAsync(CancellationToken cancel);

    /// <summary>Whether the tables that every journal has are there; younger ones may be missing where nobody has written since.</summary>
    async Task<bool> HasTablesAsync(DbConnection connection, CancellationToken cancel) =>
        await HasTableAsync(connection, JournalTable, cancel) && await HasTableAsync(connection, SessionTable, cancel);

    /// <summary>Whether the session table has that column.</summary>
    private protected abstract Task<bool> HasColumnAsync(DbConnection connection, string column, CancellationToken cancel);

    /// <summary>Adds those of the session table's columns that are missing, in their order.</summary>
    private protected async Task AddColumnsAsync(DbConnection connection, CancellationToken cancel)
    {
        foreach (var column in JournalSchema.YoungerColumns)
        {
            if (!await HasColumnAsync(connection, column.Name, cancel))
                await SqlStatement.ExecuteAsync(connection, JournalSchema.AddColumn(column), cancel);
        }
    }

    internal abstract Task<bool> HasTableAsync(DbConnection connection, string table, CancellationToken cancel);

    // The first line only: what PostgreSQL adds below it is for developers.
    static string Reason(Exception e)
    {
        var message = e.InnerException is { } inner ? $"{e.Message}: {inner.Message}" : e.Message;
        return message.Split('\n')[0].Trim().TrimEnd('.');
    }

    static string FromFile(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new JournalUnavailableException($"connection string file {file}", "cannot be read", "let the gateway's user read it", e);
        }
    }
}

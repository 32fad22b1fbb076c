using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Gateway.Actors.Record;

/// <summary>
/// Keeps its connection, and each statement compiled: a session writes the same few over and over, and to parse them costs more than to run them.
/// After any fault connection and statements are made anew.
/// </summary>
sealed class SqliteTransactions(SqliteJournal journal) : IJournalTransactions
{
    /// <summary>Statements that are kept. Origin: a dozen have a fixed text; some have one per number of rows.</summary>
    const int Most = 64;

    readonly Dictionary<string, SqliteCommand> _commands = [];
    SqliteConnection? _connection;

    public async Task<IReadOnlyList<int>> CommitAsync(IReadOnlyList<SqlStatement> statements, CancellationToken cancel)
    {
        var isDone = false;
        try
        {
            _connection ??= (SqliteConnection)await journal.OpenAsync(cancel).ConfigureAwait(false);
            var affected = Run(_connection, statements, cancel);
            isDone = true;
            return affected;
        }
        finally
        {
            if (!isDone) await StartOverAsync().ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Forget();
        if (_connection is not { } connection) return;
        _connection = null;
        await connection.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>The driver gives a closed connection to the next who asks for one: it must not be in the middle of a transaction.</summary>
    async Task StartOverAsync()
    {
        Forget();
        if (_connection is { } connection && raw.sqlite3_get_autocommit(connection.Handle) == 0 && raw.sqlite3_exec(connection.Handle, "rollback") != raw.SQLITE_OK)
            SqliteConnection.ClearPool(connection);
        await DisposeAsync().ConfigureAwait(false);
    }

    // The driver knows no waiting but the thread's own; its writer has one for itself.
    int[] Run(SqliteConnection connection, IReadOnlyList<SqlStatement> statements, CancellationToken cancel)
    {
        var affected = new int[statements.Count];
        Command(connection, s_begin).ExecuteNonQuery();
        for (var i = 0; i < affected.Length; i++)
        {
            cancel.ThrowIfCancellationRequested();
            affected[i] = Command(connection, statements[i]).ExecuteNonQuery();
        }

        Command(connection, s_commit).ExecuteNonQuery();
        return affected;
    }

    SqliteCommand Command(SqliteConnection connection, SqlStatement statement)
    {
        if (_commands.TryGetValue(statement.Text, out var command))
        {
            for (var i = 0; i < statement.Parameters.Length; i++) command.Parameters[i].Value = statement.Parameters[i].Value ?? DBNull.Value;
            return command;
        }

        if (_commands.Count >= Most) Forget();
        command = (SqliteCommand)statement.On(connection);
        _commands.Add(statement.Text, command);
        command.Prepare();
        return command;
    }

    void Forget()
    {
        foreach (var command in _commands.Values) command.Dispose();
        _commands.Clear();
    }

    static readonly SqlStatement s_begin = new("begin immediate");
    static readonly SqlStatement s_commit = new("commit");
}

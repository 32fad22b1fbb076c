using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;

namespace Gateway.Actors.Record;

/// <summary>
/// Settings of a connection to SQLite, made once for each that the driver has in its pool: a third of the statements of a small transaction would
/// otherwise be these.
/// </summary>
sealed class SqlitePragmas(string text)
{
    static readonly object s_made = new();

    readonly ConditionalWeakTable<object, object> _made = [];

    public void Make(DbConnection connection)
    {
        if (IsMade(connection)) return;
        using var command = new SqlStatement(text).On(connection);
        command.ExecuteNonQuery();
        Remember(connection);
    }

    public async Task MakeAsync(DbConnection connection, CancellationToken cancel)
    {
        if (IsMade(connection)) return;
        await SqlStatement.ExecuteAsync(connection, text, cancel);
        Remember(connection);
    }

    bool IsMade(DbConnection connection) => connection is SqliteConnection { Handle: { } handle } && _made.TryGetValue(handle, out _);

    void Remember(DbConnection connection)
    {
        if (connection is SqliteConnection { Handle: { } handle }) _made.AddOrUpdate(handle, s_made);
    }
}

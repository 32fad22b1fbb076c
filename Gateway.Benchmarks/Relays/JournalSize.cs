using Microsoft.Data.Sqlite;
using Npgsql;

namespace Gateway.Benchmarks.Relays;

/// <summary>How large a journal is on disk, with everything that belongs to it: indexes, the index of sessions, their keys, the ledger.</summary>
interface IJournalSize
{
    /// <summary>In bytes, once everything that was committed is where it will stay.</summary>
    Task<long> BytesAsync(CancellationToken cancel);
}

/// <summary>All files of a journal in SQLite, after a checkpoint that cuts its write-ahead log off.</summary>
sealed class SqliteSize(string file) : IJournalSize
{
    readonly string _connectionString = new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString();

    public async Task<long> BytesAsync(CancellationToken cancel)
    {
        await using var connection = new SqliteConnection(_connectionString);
        await connection.OpenAsync(cancel);
        await using var checkpoint = connection.CreateCommand();
        checkpoint.CommandText = "pragma wal_checkpoint(truncate)";
        await checkpoint.ExecuteNonQueryAsync(cancel);
        // While the connection is open: the last one to close would take files away, were the node gone.
        var directory = new DirectoryInfo(Path.GetDirectoryName(file)!);
        return directory.EnumerateFiles($"{Path.GetFileName(file)}*").Sum(f => f.Length);
    }
}

/// <summary>
/// What PostgreSQL says that the database takes, after a checkpoint: tables, what is kept beside them (TOAST) and indexes, without the server's write-ahead
/// log, which is used again and does not grow with what is kept.
/// </summary>
sealed class PostgresSize(string connectionString) : IJournalSize
{
    public async Task<long> BytesAsync(CancellationToken cancel)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancel);
        await using var command = new NpgsqlCommand("checkpoint", connection);
        await command.ExecuteNonQueryAsync(cancel);
        command.CommandText = "select pg_database_size(current_database())";
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }
}

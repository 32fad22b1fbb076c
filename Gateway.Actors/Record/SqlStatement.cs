using System.Data.Common;

namespace Gateway.Actors.Record;

/// <summary>SQL that both databases understand, with its parameters (<c>@name</c>).</summary>
sealed record SqlStatement(string Text, params (string Name, object? Value)[] Parameters)
{
    /// <summary>What its largest parameters hold: recorded bytes, or a sealed key.</summary>
    public long Bytes
    {
        get
        {
            long bytes = 0;
            foreach (var (_, value) in Parameters) bytes += value is byte[] blob ? blob.Length : 0;
            return bytes;
        }
    }

    public DbCommand On(DbConnection connection)
    {
        var command = connection.CreateCommand();
        command.CommandText = Text;
        AddTo(command.Parameters, command.CreateParameter);
        return command;
    }

    public DbBatchCommand On(DbBatch batch)
    {
        var command = batch.CreateBatchCommand();
        command.CommandText = Text;
        AddTo(command.Parameters, command.CreateParameter);
        return command;
    }

    public static async Task ExecuteAsync(DbConnection connection, string text, CancellationToken cancel)
    {
        await using var command = new SqlStatement(text).On(connection);
        await command.ExecuteNonQueryAsync(cancel);
    }

    public async Task<object?> ScalarAsync(DbConnection connection, CancellationToken cancel)
    {
        await using var command = On(connection);
        return await command.ExecuteScalarAsync(cancel);
    }

    void AddTo(DbParameterCollection parameters, Func<DbParameter> create)
    {
        foreach (var (name, value) in Parameters)
        {
            var parameter = create();
            parameter.ParameterName = name;
            parameter.Value = value ?? DBNull.Value;
            parameters.Add(parameter);
        }
    }
}

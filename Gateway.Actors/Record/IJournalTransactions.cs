namespace Gateway.Actors.Record;

/// <summary>One writer's transactions, one after the other. Not thread-safe.</summary>
interface IJournalTransactions : IAsyncDisposable
{
    /// <summary>Runs the statements in one transaction and returns the rows each affected. Throws the driver's exceptions; nothing was written then.</summary>
    Task<IReadOnlyList<int>> CommitAsync(IReadOnlyList<SqlStatement> statements, CancellationToken cancel);
}

/// <summary>On a connection of the driver's pool each time.</summary>
sealed class PooledTransactions(JournalDatabase database) : IJournalTransactions
{
    public Task<IReadOnlyList<int>> CommitAsync(IReadOnlyList<SqlStatement> statements, CancellationToken cancel) => database.CommitAsync(statements, cancel);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

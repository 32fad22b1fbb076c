using System.Threading.Channels;

namespace Gateway.Actors.Record;

/// <summary>
/// The session index in the journal's database. What callers hand in at the same time is committed in one transaction, so that a thousand
/// new sessions a second cost tens of commits; every call completes when its row is durable, or fails with what the database said.
/// Disposal commits what waits.
/// </summary>
public sealed class SqlSessionIndex : ISessionIndex, IAsyncDisposable
{
    /// <summary>Rows in one transaction at most.</summary>
    const int Batch = 256;

    /// <summary>Operations in one statement. Origin: SQLite's drivers take parameters in the hundreds without a thought; both databases take thousands.</summary>
    const int OperationsAtOnce = 64;

    /// <summary>Calls that wait for their turn; more wait for a place among them.</summary>
    const int Waiting = 4096;

    /// <summary>The longest a transaction may take. Origin: the journal's own limit, its circuit breaker's call-timeout.</summary>
    static readonly TimeSpan s_commitLimit = TimeSpan.FromSeconds(10);

    readonly JournalDatabase _database;
    readonly TimeProvider _time;
    readonly Task _writing;
    readonly Channel<Change> _changes = Channel.CreateBounded<Change>(new BoundedChannelOptions(Waiting) { SingleReader = true });

    /// <summary>The database is prepared already.</summary>
    public SqlSessionIndex(JournalDatabase database, TimeProvider time)
    {
        _database = database;
        _time = time;
        _writing = Task.Run(WriteAsync);
    }

    public Task AddAsync(SessionRow row, byte[]? sealedKey, CancellationToken cancel) => CommitAsync(
    [
        .. row.Closing is { } closing ? (SqlStatement[])[SessionSql.IsDue(row.SessionId, closing.ClosedAt)] : [],
        .. sealedKey is null ? (SqlStatement[])[] : [RecordingKeys.Add(row.SessionId, sealedKey)],
        SessionSql.Add(row),
    ], cancel);

    public Task AddAsync(SessionRow row, CancellationToken cancel) => AddAsync(row, sealedKey: null, cancel);

    /// <summary>
    /// Throws <see cref="InvalidOperationException"/> when the session has no row: its recording was begun without <see
    /// cref="AddAsync(SessionRow, CancellationToken)"/>.
    /// </summary>
    public async Task CloseAsync(string sessionId, SessionClosing closing, SessionOperations rest, CancellationToken cancel)
    {
        SqlStatement[] statements =
        [
            .. Operations(sessionId, rest.All), SessionSql.IsDue(sessionId, closing.ClosedAt), SessionSql.Close(sessionId, closing, rest.IsWhole),
        ];
        if (await CommitAsync(statements, cancel) == 0)
            throw new InvalidOperationException($"Session {sessionId} has no row to close.");
    }

    public Task CloseAsync(string sessionId, SessionClosing closing, CancellationToken cancel) =>
        CloseAsync(sessionId, closing, SessionOperations.Unknown, cancel);

    public Task AddOperationsAsync(string sessionId, IReadOnlyList<IndexedOperation> operations, CancellationToken cancel) =>
        operations.Count == 0 ? Task.CompletedTask : CommitAsync([.. Operations(sessionId, operations)], cancel);

    public Task<IReadOnlyList<SessionRow>> OpenOutsideAsync(IReadOnlyCollection<string> nodeKeys, int most, CancellationToken cancel) =>
        SessionSql.RowsAsync(_database, SessionSql.OpenOutside(nodeKeys, most), cancel);

    public async Task<SessionRow?> FindAsync(string sessionId, CancellationToken cancel) =>
        (await SessionSql.RowsAsync(_database, SessionSql.Find(sessionId), cancel)).SingleOrDefault();

    public Task<IReadOnlyList<SessionRow>> ListAsync(SessionFilter filter, CancellationToken cancel) =>
        SessionSql.RowsAsync(_database, SessionSql.List(filter), cancel);

    public Task<SessionHistory> HistoryAsync(HistoryQuestion question, CancellationToken cancel) =>
        HistorySql.AskAsync(_database, question, cancel);

    public async ValueTask DisposeAsync()
    {
        _changes.Writer.TryComplete();
        await _writing;
    }

    static IEnumerable<SqlStatement> Operations(string sessionId, IReadOnlyList<IndexedOperation> operations) =>
        operations.Chunk(OperationsAtOnce).Select(some => OperationSql.Add(sessionId, some));

    /// <summary>Rows that the last statement affected.</summary>
    async Task<int> CommitAsync(SqlStatement[] statements, CancellationToken cancel)
    {
        var change = new Change(statements, cancel);
        await _changes.Writer.WriteAsync(change, cancel);
        return await change.Done.Task.WaitAsync(cancel);
    }

    async Task WriteAsync()
    {
        var batch = new List<Change>(Batch);
        while (await _changes.Reader.WaitToReadAsync())
        {
            while (batch.Count < Batch && _changes.Reader.TryRead(out var change))
            {
                // Whose caller has given up is not begun.
                if (!change.Cancel.IsCancellationRequested)
                    batch.Add(change);
            }
            await CommitAsync(batch);
            batch.Clear();
        }
    }

    async Task CommitAsync(List<Change> batch)
    {
        if (batch.Count == 0)
            return;
        try
        {
            using var limit = new CancellationTokenSource(s_commitLimit, _time);
            var affected = await _database.CommitAsync([.. batch.SelectMany(change => change.Statements)], limit.Token);
            var at = 0;
            foreach (var change in batch)
            {
                at += change.Statements.Length;
                change.Done.TrySetResult(affected[at - 1]);
            }
        }
        catch (Exception e)
        {
            // Whatever it was, it is the callers' to know: each refuses or ends its session.
            var cause = e is OperationCanceledException ? new TimeoutException("The session index was not written in time.", e) : e;
            foreach (var change in batch)
                change.Done.TrySetException(cause);
        }
    }

    sealed record Change(SqlStatement[] Statements, CancellationToken Cancel)
    {
        public TaskCompletionSource<int> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

namespace Gateway.Actors.Record;

/// <summary>
/// The session index in the journal's database. Every call completes when its row is durable, or fails with what the database said.
/// </summary>
public sealed class SqlSessionIndex : ISessionIndex, IAsyncDisposable
{
    /// <summary>Operations in one statement. Origin: SQLite's drivers take parameters in the hundreds without a thought; both databases take thousands.</summary>
    const int OperationsAtOnce = 64;

    readonly JournalDatabase _database;
    readonly JournalWriter _writer;
    readonly bool _ownsWriter;

    /// <summary>With a writer of its own, which is disposed of with it. The database is prepared already.</summary>
    public SqlSessionIndex(JournalDatabase database, TimeProvider time)
        : this(database, new JournalWriter(database, time)) => _ownsWriter = true;

    /// <summary>The database is prepared already.</summary>
    public SqlSessionIndex(JournalDatabase database, JournalWriter writer) => (_database, _writer) = (database, writer);

    public Task AddAsync(SessionRow row, byte[]? sealedKey, CancellationToken cancel) => _writer.CommitAsync(
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
        if (await _writer.CommitAsync(statements, cancel) == 0)
            throw new InvalidOperationException($"Session {sessionId} has no row to close.");
    }

    public Task CloseAsync(string sessionId, SessionClosing closing, CancellationToken cancel) =>
        CloseAsync(sessionId, closing, SessionOperations.Unknown, cancel);

    public Task AddOperationsAsync(string sessionId, IReadOnlyList<IndexedOperation> operations, CancellationToken cancel) =>
        operations.Count == 0 ? Task.CompletedTask : _writer.CommitAsync([.. Operations(sessionId, operations)], cancel);

    public Task<IReadOnlyList<SessionRow>> OpenOutsideAsync(IReadOnlyCollection<string> nodeKeys, int most, CancellationToken cancel) =>
        SessionSql.RowsAsync(_database, SessionSql.OpenOutside(nodeKeys, most), cancel);

    public async Task<SessionRow?> FindAsync(string sessionId, CancellationToken cancel) =>
        (await SessionSql.RowsAsync(_database, SessionSql.Find(sessionId), cancel)).SingleOrDefault();

    public Task<IReadOnlyList<SessionRow>> ListAsync(SessionFilter filter, CancellationToken cancel) =>
        SessionSql.RowsAsync(_database, SessionSql.List(filter), cancel);

    public Task<SessionHistory> HistoryAsync(HistoryQuestion question, CancellationToken cancel) =>
        HistorySql.AskAsync(_database, question, cancel);

    public ValueTask DisposeAsync() => _ownsWriter ? _writer.DisposeAsync() : ValueTask.CompletedTask;

    static IEnumerable<SqlStatement> Operations(string sessionId, IReadOnlyList<IndexedOperation> operations) =>
        operations.Chunk(OperationsAtOnce).Select(some => OperationSql.Add(sessionId, some));
}

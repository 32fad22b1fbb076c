using System.Data.Common;
using System.Threading.Channels;

namespace Gateway.Actors.Record;

/// <summary>
/// The way into the journal's database for what sessions write, events and index alike. What callers hand in at the same time is committed in one
/// transaction, so that a thousand new sessions a second cost tens of commits; every call completes when its rows are durable, or fails with what the
/// database said. Disposal commits what waits.
/// </summary>
public sealed class JournalWriter : IAsyncDisposable
{
    /// <summary>Calls in one transaction at most.</summary>
    const int Batch = 256;

    /// <summary>Bytes of recording after which a transaction takes nothing more. Origin: a few dozen chunks, which a disk writes in a moment.</summary>
    const long BatchBytes = 8 * 1024 * 1024;

    /// <summary>Calls that wait for their turn; more wait for a place among them.</summary>
    const int Waiting = 4096;

    /// <summary>The longest a transaction may take. Origin: the journal's own limit, its circuit breaker's call-timeout.</summary>
    static readonly TimeSpan s_commitLimit = TimeSpan.FromSeconds(10);

    readonly JournalDatabase _database;
    readonly TimeProvider _time;
    readonly Channel<Change> _changes = Channel.CreateBounded<Change>(new BoundedChannelOptions(Waiting));
    readonly Task _writing;

    /// <summary>The database is prepared already.</summary>
    public JournalWriter(JournalDatabase database, TimeProvider time)
    {
        (_database, _time) = (database, time);
        _writing = Task.WhenAll(Enumerable.Range(0, database.Writers).Select(_ => Task.Run(WriteAsync)));
    }

    /// <summary>Ticks of the time of day (UTC), as the journal's <c>created</c> column has them.</summary>
    internal long Now => _time.GetUtcNow().Ticks;

    public async ValueTask DisposeAsync()
    {
        _changes.Writer.TryComplete();
        await _writing;
    }

    /// <summary>Rows that the last of the statements affected, once all of them are durable, in one transaction.</summary>
    internal async Task<int> CommitAsync(SqlStatement[] statements, CancellationToken cancel)
    {
        var change = new Change(statements, cancel);
        await _changes.Writer.WriteAsync(change, cancel).ConfigureAwait(false);
        return await change.Done.Task.WaitAsync(cancel).ConfigureAwait(false);
    }

    async Task WriteAsync()
    {
        await using var transactions = _database.Transactions();
        var batch = new List<Change>(Batch);
        while (await _changes.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            for (long bytes = 0; batch.Count < Batch && bytes < BatchBytes && _changes.Reader.TryRead(out var change); bytes += change.Bytes)
            {
                // Whose caller has given up is not begun.
                if (!change.Cancel.IsCancellationRequested) batch.Add(change);
            }

            await CommitAsync(transactions, batch).ConfigureAwait(false);
            batch.Clear();
        }
    }

    async Task CommitAsync(IJournalTransactions transactions, List<Change> batch)
    {
        if (batch.Count == 0) return;
        try
        {
            using var limit = new CancellationTokenSource(s_commitLimit, _time);
            var affected = await transactions.CommitAsync([.. batch.SelectMany(change => change.Statements)], limit.Token).ConfigureAwait(false);
            var at = 0;
            foreach (var change in batch)
            {
                at += change.Statements.Length;
                change.Done.TrySetResult(affected[at - 1]);
            }
        }
        catch (DbException e) when (batch.Count > 1 && _database.IsOfOneRow(e))
        {
            // Who wrote it is to know, not everybody who wrote in the same moment.
            foreach (var change in batch) await CommitAsync(transactions, [change]).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Whatever it was, it is the callers' to know: each refuses or ends its session.
            var cause = e is OperationCanceledException ? new TimeoutException("The journal was not written in time.", e) : e;
            foreach (var change in batch) change.Done.TrySetException(cause);
        }
    }

    sealed record Change(SqlStatement[] Statements, CancellationToken Cancel)
    {
        public TaskCompletionSource<int> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long Bytes
        {
            get
            {
                long bytes = 0;
                foreach (var statement in Statements) bytes += statement.Bytes;
                return bytes;
            }
        }
    }
}

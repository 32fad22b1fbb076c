using Gateway.Actors.Record;
using Gateway.Protocols;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Sessions;

/// <summary>
/// Writes what a session does into the index, beside its path: what is new is gathered for a while and written at once, tried again where that fails, and
/// what is left when the session ends goes with its end. Bounded by <see cref="SeenOperations.Most"/>. For any threads.
/// </summary>
public sealed class OperationIndexing(string sessionId, ISessionIndex index, TimeProvider time, Func<long> now, ILogger log)
{
    /// <summary>How long what is new is gathered. A node that dies takes as much with it.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    readonly Lock _lock = new();
    readonly List<IndexedOperation> _waiting = [];
    bool _isWriting;
    bool _isClosed;
    bool _hasFailed;

    public void Add(IReadOnlyList<SeenOperation> seen)
    {
        var at = now();
        lock (_lock)
        {
            _waiting.AddRange(seen.Select(one => new IndexedOperation(one.Operation, one.Resource, one.IsDenied, at)));
            if (_isWriting || _isClosed || _waiting.Count == 0) return;
            _isWriting = true;
        }

        _ = WriteAsync();
    }

    /// <summary>Writes no more by itself. Yields what may not have been written.</summary>
    public IReadOnlyList<IndexedOperation> Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            return [.. _waiting];
        }
    }

    async Task WriteAsync()
    {
        while (true)
        {
            await Task.Delay(Every, time).ConfigureAwait(false);
            IndexedOperation[] batch;
            lock (_lock)
            {
                _isWriting = !_isClosed && _waiting.Count > 0;
                if (!_isWriting) return;
                batch = [.. _waiting];
            }

            try
            {
                await index.AddOperationsAsync(sessionId, batch, CancellationToken.None).ConfigureAwait(false);
                lock (_lock) _waiting.RemoveRange(0, batch.Length);
            }
            catch (Exception e)
            {
                // Whatever it was, the session need not end for it: its recording holds what it did, and the end of the session tries once more.
                if (!_hasFailed) SessionLog.OperationsNotIndexed(log, e, sessionId);
                _hasFailed = true;
            }
        }
    }
}

using System.Collections.Concurrent;

namespace Gateway.Actors.Sessions;

/// <summary>The sessions whose sockets are on this node, from accept to seal. Safe for use from several threads.</summary>
public sealed class LiveSessions
{
    readonly ConcurrentDictionary<string, byte> _ids = new(StringComparer.Ordinal);
    readonly Lock _lock = new();
    TaskCompletionSource? _empty;

    public IReadOnlyCollection<string> Ids => [.. _ids.Keys];

    public int Count => _ids.Count;

    public void Add(string sessionId) => _ids.TryAdd(sessionId, 0);

    public void Remove(string sessionId)
    {
        if (!_ids.TryRemove(sessionId, out _) || !_ids.IsEmpty) return;
        lock (_lock) _empty?.TrySetResult();
    }

    /// <summary>Completes once there is none, if no new one comes; to be called when listeners have stopped.</summary>
    public Task WhenNone(CancellationToken cancel)
    {
        lock (_lock)
        {
            if (_empty is null or { Task.IsCompleted: true }) _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_ids.IsEmpty) _empty.TrySetResult();
            return _empty.Task.WaitAsync(cancel);
        }
    }
}

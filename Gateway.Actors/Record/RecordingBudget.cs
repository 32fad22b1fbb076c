using System.Collections.Concurrent;

namespace Gateway.Actors.Record;

/// <summary>
/// The ceiling over all sessions' recorded bytes that wait for the journal, per node: what a slow journal may cost in memory, kept below what would trip
/// its circuit breaker. Sessions look before they read on, so the ceiling is passed by at most what they had read already. Safe for use from several threads.
/// </summary>
/// <param name="most">Bytes.</param>
public sealed class RecordingBudget(long most)
{
    readonly ConcurrentQueue<Action> _waiting = new();
    long _inFlight;

    public long InFlight => Interlocked.Read(ref _inFlight);

    public bool IsExhausted => InFlight >= most;

    public void Take(int bytes) => Interlocked.Add(ref _inFlight, bytes);

    public void GiveBack(int bytes)
    {
        var left = Interlocked.Add(ref _inFlight, -bytes);
        if (left < 0) throw new InvalidOperationException("More was given back to the recording budget than was taken.");
        if (left < most) Wake();
    }

    /// <summary>Calls <paramref name="freed"/> once, on any thread, as soon as there is room; at once if there is already.</summary>
    public void WhenFree(Action freed)
    {
        _waiting.Enqueue(freed);
        if (!IsExhausted) Wake();
    }

    void Wake()
    {
        // Only those that wait now: one that finds no room again queues again.
        for (var i = _waiting.Count; i > 0 && _waiting.TryDequeue(out var freed); i--) freed();
    }
}

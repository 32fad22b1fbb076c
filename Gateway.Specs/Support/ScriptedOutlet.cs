using System.Collections.Concurrent;
using Gateway.Actors.Hosting.Events;

namespace Gateway.Specs.Support;

/// <summary>An outlet that keeps what it is told, and fails when the spec says so.</summary>
public sealed class ScriptedOutlet : IEventOutlet
{
    readonly ConcurrentQueue<AuditEvent> _taken = new();
    int _asked;

    /// <summary>Why it takes nothing; null: it does.</summary>
    public OutletException? Fault { get; set; }

    /// <summary>How many of each batch it will never take.</summary>
    public int Rejects { get; set; }

    public int Asked => Volatile.Read(ref _asked);

    public IReadOnlyList<AuditEvent> Taken => [.. _taken];

    public Task<int> SendAsync(IReadOnlyList<AuditEvent> batch, CancellationToken cancel)
    {
        Interlocked.Increment(ref _asked);
        if (Fault is { } fault) throw fault;
        foreach (var e in batch) _taken.Enqueue(e);
        return Task.FromResult(Rejects);
    }

    public void Dispose()
    {
    }
}

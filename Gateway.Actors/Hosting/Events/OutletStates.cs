using System.Collections.Concurrent;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Hosting.Events;

/// <summary>How each outlet stands, on the node that tells them. Safe for use from several threads.</summary>
public sealed class OutletStates : IReadiness
{
    readonly ConcurrentDictionary<string, Fault> _faults = new(StringComparer.Ordinal);
    readonly IReadOnlyList<string> _names;
    readonly GatewayMetrics _metrics;
    readonly TimeProvider _time;

    public OutletStates(IReadOnlyList<string> names, GatewayMetrics metrics, TimeProvider time)
    {
        (_names, _metrics, _time) = (names, metrics, time);
        if (names.Count > 0) metrics.ObserveOutlets(Waiting);
    }

    // A node whose outlet is away carries sessions all the same.
    public IReadOnlyList<ReadinessCheck> Checks =>
        [.. _names.Select(name => ReadinessCheck.Passed($"events-{name}") with { Note = _faults.GetValueOrDefault(name)?.Problem })];

    public void Took(string outlet, int events) => _metrics.EventsTold(outlet, events);

    /// <summary>It took a batch but for some events, which it will never take.</summary>
    public void Rejected(string outlet) => _metrics.OutletFailed(outlet);

    public void IsWell(string outlet) => _faults.TryRemove(outlet, out _);

    /// <param name="outlet">Which.</param>
    /// <param name="problem">For operators.</param>
    /// <param name="oldest">When the oldest event happened that it has not; null: unknown.</param>
    public void Failed(string outlet, string problem, long? oldest)
    {
        _metrics.OutletFailed(outlet);
        Waits(outlet, problem, oldest);
    }

    /// <summary>Nothing can be told to it, which is not its doing. The parameters are those of <see cref="Failed"/>.</summary>
    public void Waits(string outlet, string problem, long? oldest)
    {
        var since = oldest is > 0 ? oldest.Value : UnixMicros.Of(_time.GetUtcNow());
        // It has waited since the first time, however often it is tried.
        _faults.AddOrUpdate(outlet, _ => new Fault(problem, since), (_, before) => new Fault(problem, Math.Min(before.Since, since)));
    }

    IEnumerable<(string Outlet, double Seconds)> Waiting()
    {
        var now = UnixMicros.Of(_time.GetUtcNow());
        return _names.Select(name => (name, _faults.TryGetValue(name, out var fault) ? Math.Max(0, now - fault.Since) / 1e6 : 0));
    }

    sealed record Fault(string Problem, long Since);
}

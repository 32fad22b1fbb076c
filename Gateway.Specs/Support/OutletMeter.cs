using System.Diagnostics.Metrics;
using Gateway.Actors.Hosting;

namespace Gateway.Specs.Support;

/// <summary>What is reported of one outlet, which has a name of its own because meters are process-wide.</summary>
sealed class OutletMeter : IDisposable
{
    readonly MeterListener _listener = new();
    readonly Dictionary<string, double> _latest = [];
    readonly Dictionary<string, long> _counts = [];
    readonly Lock _lock = new();

    public OutletMeter()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == GatewayMetrics.MeterName && instrument.Name.StartsWith("gateway.events.", StringComparison.Ordinal))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
        {
            if (IsOf(Outlet, tags)) lock (_lock) _latest[instrument.Name] = value;
        });
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            if (IsOf(Outlet, tags)) lock (_lock) _counts[instrument.Name] = _counts.GetValueOrDefault(instrument.Name) + value;
        });
        _listener.Start();
    }

    public string Outlet { get; } = $"siem-{Guid.NewGuid():N}";

    /// <summary>Seconds for which events wait.</summary>
    public double Waiting
    {
        get
        {
            _listener.RecordObservableInstruments();
            lock (_lock) return _latest.GetValueOrDefault("gateway.events.waiting");
        }
    }

    /// <summary>What a counter came to: <c>gateway.events.failures</c>, say.</summary>
    public long Count(string counter)
    {
        lock (_lock) return _counts.GetValueOrDefault(counter);
    }

    public void Dispose() => _listener.Dispose();

    static bool IsOf(string outlet, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var tag in tags)
            if (tag.Key == "outlet" && Equals(tag.Value, outlet)) return true;
        return false;
    }
}

using System.Diagnostics.Metrics;
using Gateway.Actors.Hosting;

namespace Gateway.Specs.Support;

/// <summary>What is counted of the questions to schema registries, by one node's metrics.</summary>
sealed class SchemaMeter : IDisposable
{
    readonly MeterListener _listener = new();
    readonly List<string> _outcomes = [];
    readonly Lock _lock = new();
    double _seconds;

    public SchemaMeter(GatewayMetrics metrics)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == metrics && instrument.Name.StartsWith("gateway.schema.", StringComparison.Ordinal)) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((_, value, _, _) =>
        {
            lock (_lock) _seconds += value;
        });
        _listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            foreach (var tag in tags)
            {
                if (tag.Key != "outcome") continue;
                lock (_lock) _outcomes.Add((string)tag.Value!);
            }
        });
        _listener.Start();
    }

    /// <summary>Of each question, in their order.</summary>
    public IReadOnlyList<string> Outcomes
    {
        get
        {
            lock (_lock) return [.. _outcomes];
        }
    }

    /// <summary>That they took together.</summary>
    public double Seconds
    {
        get
        {
            lock (_lock) return _seconds;
        }
    }

    public void Dispose() => _listener.Dispose();
}

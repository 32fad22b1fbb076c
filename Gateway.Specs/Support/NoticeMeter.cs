using System.Diagnostics.Metrics;
using Gateway.Actors.Hosting;

namespace Gateway.Specs.Support;

/// <summary>What one gateway has noticed of sessions, and how many it did not look at.</summary>
sealed class NoticeMeter : IDisposable
{
    readonly Dictionary<string, long> _counts = [];
    readonly MeterListener _listener = new();

    public NoticeMeter(GatewayMetrics of)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == of && instrument.Name.StartsWith("gateway.anomalies", StringComparison.Ordinal))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, count, tags, _) =>
        {
            var name = $"{tags[0].Key}={tags[0].Value}";
            // An observed one says all there are.
            lock (_counts) _counts[name] = instrument.IsObservable ? count : _counts.GetValueOrDefault(name) + count;
        });
        _listener.Start();
    }

    public long Noticed(string kind) => Count($"kind={kind}");

    public long NotCompared(string reason) => Count($"reason={reason}");

    public void Dispose() => _listener.Dispose();

    long Count(string name)
    {
        _listener.RecordObservableInstruments();
        lock (_counts) return _counts.GetValueOrDefault(name);
    }
}

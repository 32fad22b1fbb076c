using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Gateway.Actors.Hosting;
using Gateway.Protocols;

namespace Gateway.Specs.Support;

/// <summary>Counts what the gateways of this process report as refused from now on.</summary>
sealed class RefusalMeter : IDisposable
{
    readonly ConcurrentQueue<(string? Connection, string? Refusal)> _seen = new();
    readonly MeterListener _listener = new();

    public RefusalMeter()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == GatewayMetrics.MeterName && instrument.Name == "gateway.refusals") listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            string? connection = null, refusal = null;
            foreach (var tag in tags)
            {
                if (tag.Key == "connection") connection = tag.Value as string;
                if (tag.Key == "refusal") refusal = tag.Value as string;
            }

            for (var i = 0L; i < count; i++) _seen.Enqueue((connection, refusal));
        });
        _listener.Start();
    }

    public int Count(string connection, Refusal refusal) => _seen.Count(s => s == (connection, refusal.Word()));

    public void Dispose() => _listener.Dispose();
}

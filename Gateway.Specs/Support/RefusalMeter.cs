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
            if (instrument.Meter.Name == GatewayMetrics.MeterName && instrument.Name is "gateway.refusals" or "gateway.connections.shed" or "gateway.logins.refused") listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            string? connection = null, refusal = null;
            foreach (var tag in tags)
            {
                if (tag.Key is "connection" or "way") connection = tag.Value as string;
                if (tag.Key == "refusal") refusal = tag.Value as string;
            }

            for (var i = 0L; i < count; i++) _seen.Enqueue((connection, refusal));
        });
        _listener.Start();
    }

    /// <param name="connection">A connection, or the way of a login where there is none.</param>
    /// <param name="refusal">What for.</param>
    public int Count(string connection, Refusal refusal) => _seen.Count(s => s == (connection, refusal.Word()));

    /// <summary>Connections that were closed because there was no room for a session.</summary>
    public int Shed(string connection) => _seen.Count(s => s == (connection, null));

    public void Dispose() => _listener.Dispose();
}

using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Gateway.Actors.Hosting;
using Gateway.Protocols;

namespace Gateway.Specs.Support;

/// <summary>Counts what is reported as refused from now on: by one gateway, or by all of this process.</summary>
sealed class RefusalMeter : IDisposable
{
    readonly ConcurrentQueue<(string? Connection, string? Refusal)> _refusals = new();
    readonly ConcurrentQueue<string?> _shed = new();
    readonly ConcurrentQueue<(string? Way, string? Refusal)> _logins = new();
    readonly MeterListener _listener = new();

    /// <param name="of">The gateway's own metrics; without them all gateways of the process count.</param>
    public RefusalMeter(GatewayMetrics? of = null)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            var meter = instrument.Meter;
            if (meter.Name != GatewayMetrics.MeterName || (of is not null && meter.Scope != of)) return;
            if (instrument.Name is "gateway.refusals" or "gateway.connections.shed" or "gateway.logins.refused")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, count, tags, _) =>
        {
            var (connection, way, refusal) = (Tag(tags, "connection"), Tag(tags, "way"), Tag(tags, "refusal"));
            for (var i = 0L; i < count; i++)
            {
                if (instrument.Name == "gateway.refusals") _refusals.Enqueue((connection, refusal));
                else if (instrument.Name == "gateway.connections.shed") _shed.Enqueue(connection);
                else _logins.Enqueue((way, refusal));
            }
        });
        _listener.Start();
    }

    public int Count(string connection, Refusal refusal) => _refusals.Count(s => s == (connection, refusal.Word()));

    /// <summary>Logins that were refused where there is no connection.</summary>
    public int LoginsRefused(LoginWay way, Refusal refusal) => _logins.Count(s => s == (way.ToString().ToLowerInvariant(), refusal.Word()));

    /// <summary>Connections that were closed because there was no room for a session.</summary>
    public int Shed(string connection) => _shed.Count(s => s == connection);

    public void Dispose() => _listener.Dispose();

    static string? Tag(ReadOnlySpan<KeyValuePair<string, object?>> tags, string key)
    {
        foreach (var tag in tags)
            if (tag.Key == key) return tag.Value as string;
        return null;
    }
}

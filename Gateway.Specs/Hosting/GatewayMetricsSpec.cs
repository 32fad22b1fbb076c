using System.Diagnostics.Metrics;
using Gateway.Actors.Hosting;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Xunit;

namespace Gateway.Specs.Hosting;

public sealed class GatewayMetricsSpec : IDisposable
{
    // Meters are process-wide: a connection name of its own keeps these measurements apart from those of other specs.
    readonly string _connection = $"metrics-{Guid.NewGuid():N}";
    readonly List<(string Name, long Value, Dictionary<string, object?> Tags)> _measured = [];
    readonly MeterListener _listener = new();
    readonly GatewayMetrics _metrics = new();

    public GatewayMetricsSpec()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == GatewayMetrics.MeterName) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            var named = tags.ToArray().ToDictionary(t => t.Key, t => t.Value);
            lock (_measured) _measured.Add((instrument.Name, value, named));
        });
        _listener.Start();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _metrics.Dispose();
    }

    [Fact]
    public void An_opened_session_is_active_until_it_ends()
    {
        _metrics.SessionOpened(_connection);
        _metrics.SessionEnded(_connection, Ending.ClosedByClient, Refusal.None, 10, 20, wasOpened: true);

        Assert.Equal([1L, -1L], Values("gateway.sessions.active"));
        Assert.Equal([10L, 20L], Values("gateway.relayed"));
        Assert.Empty(Values("gateway.refusals"));
    }

    [Fact]
    public void A_session_refused_before_it_was_opened_leaves_the_gauge_alone()
    {
        _metrics.SessionEnded(_connection, Ending.Refused, Refusal.UpstreamUnreachable, 0, 0, wasOpened: false);

        Assert.Empty(Values("gateway.sessions.active"));
        var refusal = Assert.Single(Own("gateway.refusals"));
        Assert.Equal("upstream-unreachable", refusal.Tags["refusal"]);
        Assert.Equal("upstream", refusal.Tags["side"]);
    }

    [Fact]
    public void Recorded_bytes_in_flight_are_read_when_asked()
    {
        var waiting = 0L;
        _metrics.ObserveRecording(() => waiting);
        waiting = 4096;

        _listener.RecordObservableInstruments();

        lock (_measured) Assert.Contains(_measured, m => m.Name == "gateway.recording.in_flight" && m.Value == 4096);
    }

    [Fact]
    public void Every_ending_has_a_word_that_reads_back()
    {
        foreach (var ending in Enum.GetValues<Ending>()) Assert.Equal(ending, EndingWords.Parse(ending.Word()));
    }

    IEnumerable<long> Values(string name) => Own(name).Select(m => m.Value);

    List<(string Name, long Value, Dictionary<string, object?> Tags)> Own(string name)
    {
        lock (_measured) return [.. _measured.Where(m => m.Name == name && Equals(m.Tags.GetValueOrDefault("connection"), _connection))];
    }
}

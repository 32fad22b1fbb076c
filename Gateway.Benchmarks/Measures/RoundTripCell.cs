using System.Diagnostics;
using Gateway.Benchmarks.Load;
using Gateway.Benchmarks.Relays;
using Gateway.Benchmarks.Report;

namespace Gateway.Benchmarks.Measures;

/// <summary>Messages of 100 bytes that come back, one at a time on every connection.</summary>
sealed class RoundTripCell(Route route, int connections) : Cell(route)
{
    const int FullAlone = 20_000, FullTogether = 40_000;
    const double PerUnit = 100_000;

    readonly Measure _cost = Named(route, connections, "cost", "CPU-s per 100,000 round trips", "s/100k");
    readonly Measure _median = Named(route, connections, "p50", "median round trip", "us");
    readonly Measure _tail = Named(route, connections, "p99", "99th percentile of round trips", "us");

    readonly Measure _disk = Measure.OfJournal(
        $"{Spoken.Prefix(route)}roundtrip-{connections}", $"round trips of 100 B{Spoken.AsMessage(route)}, {Counted.Of(connections)}");

    public override int WarmUps => 6;

    public override IReadOnlyList<Measure> Measures => [_cost, _median, _tail, _disk];

    public override async Task<IReadOnlyList<Reading>> Run(Workbench bench, IRelay relay, double share, CancellationToken cancel)
    {
        using var loop = new LoadLoop();
        using var opened = new Opened(bench, relay, Route, loop, connections);
        var each = Math.Max(10, (int)((connections == 1 ? FullAlone : FullTogether) * share / connections));
        var tasks = opened.Connections.Select(c => new PingPong(c, bench.Speaking(Route), each, bench.Scratch)).ToArray();
        foreach (var task in tasks) loop.Add(task, isNew: false);
        var cost = await bench.CostOf(relay, () => loop.Run(Workbench.CellLimit), cancel);
        var micros = tasks.SelectMany(t => t.Times).Select(t => t * 1e6 / Stopwatch.Frequency).Order().ToArray();
        return
        [
            .. Costs(_cost, relay, cost, each * connections / PerUnit),
            new(_median, relay.Name, Statistics.Percentile(micros, 0.5)),
            new(_tail, relay.Name, Statistics.Percentile(micros, 0.99)),
            .. OnDisk(_disk, relay, cost, tasks.Sum(t => t.Bytes)),
        ];
    }

    static Measure Named(Route route, int connections, string what, string title, string unit) => new(
        $"{Spoken.Prefix(route)}roundtrip-{connections}-{what}",
        $"{title} of 100 B{Spoken.AsMessage(route)}, {Counted.Of(connections)}",
        unit);
}

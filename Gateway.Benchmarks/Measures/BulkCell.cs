using Gateway.Benchmarks.Load;
using Gateway.Benchmarks.Relays;
using Gateway.Benchmarks.Tls;

namespace Gateway.Benchmarks.Measures;

/// <summary>Half a GiB through so many connections at once, towards the upstream or from it.</summary>
sealed class BulkCell(Route route, int connections, bool download = false) : Cell(route)
{
    const long FullBlocks = 8 * 1024;

    readonly Measure _measure = new(
        $"{Spoken.Prefix(route)}{(download ? "download" : "upload")}-{connections}",
        $"CPU-s per GiB {(download ? "from" : "to")} upstream{Spoken.AsBlocks(route)}, {Counted.Of(connections)}",
        "s/GiB");

    readonly Measure _disk = Measure.OfJournal(
        $"{Spoken.Prefix(route)}{(download ? "download" : "upload")}-{connections}",
        $"{(download ? "from" : "to")} upstream{Spoken.AsBlocks(route)}, {Counted.Of(connections)}");

    // A runtime that compiles while it runs meets a request of 64 KiB some thousands of times only in a quarter of the load.
    public override int WarmUps => Route is Route.Kafka or Route.KafkaMasked or Route.KafkaAvroMasked ? 6 : base.WarmUps;

    public override IReadOnlyList<Measure> Measures => [_measure, _disk];

    public override async Task<IReadOnlyList<Reading>> Run(Workbench bench, IRelay relay, double share, CancellationToken cancel)
    {
        using var loop = new LoadLoop();
        using var opened = new Opened(bench, relay, Route, loop, connections);
        var blocks = Math.Max(1, (long)(FullBlocks * share / connections));
        var tasks = opened.Connections.Select(c => Task(bench, c, blocks)).ToArray();
        foreach (var task in tasks) loop.Add(task, isNew: false);
        var cost = await bench.CostOf(relay, () => loop.Run(Workbench.CellLimit), cancel);
        return
        [
            .. Costs(_measure, relay, cost, blocks * connections * Dialogue.BlockBytes / (double)(1L << 30)),
            .. OnDisk(_disk, relay, cost, tasks.Sum(t => t.Bytes)),
        ];
    }

    LoadTask Task(Workbench bench, TlsConnection connection, long blocks) => (download, Route) switch
    {
        (false, _) => Exchange.Upload(connection, bench.Speaking(Route), blocks, bench.Scratch),
        (true, Route.Raw) => Exchange.Download(connection, blocks * Dialogue.BlockBytes, bench.Scratch),
        (true, Route.Kafka or Route.KafkaMasked) => new PingPong(connection, bench.KafkaConsumer, (int)blocks, bench.Scratch),
        _ => throw new InvalidOperationException($"Nothing is downloaded as {Route}."),
    };
}

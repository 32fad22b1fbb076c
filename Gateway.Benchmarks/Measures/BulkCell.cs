using Gateway.Benchmarks.Load;
using Gateway.Benchmarks.Relays;

namespace Gateway.Benchmarks.Measures;

/// <summary>Half a GiB through so many connections at once, towards the upstream or from it.</summary>
sealed class BulkCell(Route route, int connections, bool download = false) : Cell(route)
{
    const long FullBlocks = 8 * 1024;

    readonly Measure _measure = new(
        $"{(route == Route.Mqtt ? "mqtt-" : "")}{(download ? "download" : "upload")}-{connections}",
        $"CPU-s per GiB {(download ? "from" : "to")} upstream{(route == Route.Mqtt ? " as MQTT of 1 KiB" : "")}, {Counted.Of(connections)}",
        "s/GiB");

    public override IReadOnlyList<Measure> Measures => [_measure];

    public override async Task<IReadOnlyList<Reading>> Run(Workbench bench, IRelay relay, double share, CancellationToken cancel)
    {
        using var loop = new LoadLoop();
        using var opened = new Opened(bench, relay, Route, loop, connections);
        var blocks = Math.Max(1, (long)(FullBlocks * share / connections));
        foreach (var connection in opened.Connections)
        {
            var task = download
                ? Exchange.Download(connection, blocks * Dialogue.BlockBytes, bench.Scratch)
                : Exchange.Upload(connection, bench.Speaking(Route), blocks, bench.Scratch);
            loop.Add(task, isNew: false);
        }

        var cost = await bench.CostOf(relay, () => loop.Run(Workbench.CellLimit), cancel);
        return [.. Costs(_measure, relay, cost, blocks * connections * Dialogue.BlockBytes / (double)(1L << 30))];
    }
}

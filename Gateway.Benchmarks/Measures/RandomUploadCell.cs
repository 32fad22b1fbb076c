using Gateway.Benchmarks.Load;
using Gateway.Benchmarks.Relays;

namespace Gateway.Benchmarks.Measures;

/// <summary>What recordings of bytes that do not compress take on disk: the most that any payload can. Others than who keeps them are left out.</summary>
sealed class RandomUploadCell() : Cell(Route.Raw)
{
    const int Connections = 8;
    const long FullBlocks = 2 * 1024;

    readonly Measure _disk = Measure.OfJournal($"random-upload-{Connections}", $"random bytes to upstream, {Counted.Of(Connections)}");

    public override int WarmUps => 0;

    public override IReadOnlyList<Measure> Measures => [_disk];

    public override async Task<IReadOnlyList<Reading>> Run(Workbench bench, IRelay relay, double share, CancellationToken cancel)
    {
        if (relay.Journal is null) return [];
        using var loop = new LoadLoop();
        using var opened = new Opened(bench, relay, Route, loop, Connections);
        var blocks = Math.Max(1, (long)(FullBlocks * share / Connections));
        var tasks = opened.Connections.Select(c => Exchange.Upload(c, bench.Random, blocks, bench.Scratch)).ToArray();
        foreach (var task in tasks) loop.Add(task, isNew: false);
        var cost = await bench.CostOf(relay, () => loop.Run(Workbench.CellLimit), cancel);
        return [.. OnDisk(_disk, relay, cost, tasks.Sum(t => t.Bytes))];
    }
}

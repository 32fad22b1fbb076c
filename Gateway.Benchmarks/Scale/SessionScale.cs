using System.Diagnostics;
using Gateway.Benchmarks.Load;
using Gateway.Benchmarks.Measures;
using Gateway.Benchmarks.Relays;
using Gateway.Benchmarks.Report;

namespace Gateway.Benchmarks.Scale;

/// <summary>What sessions cost one node, against how many there are.</summary>
static class SessionScale
{
    // What the first sessions cost once and for all (code, tables, pools) is not a session's.
    const int WarmUp = 200;

    /// <summary>Opens more and more sessions, and leaves them alone at each of these counts.</summary>
    public static async Task Idle(Stage stage, IReadOnlyList<int> counts, ScaleSettings settings, Action<IdlePoint> found, CancellationToken cancel)
    {
        var (bench, relay) = (stage.Bench, stage.Relays[0]);
        var processes = relay.Processes!;
        using var loop = new LoadLoop();
        using (new Opened(bench, relay, Route.Raw, loop, WarmUp)) await processes.SettledCpuSeconds(cancel);
        // A runtime that has just started compiles what it has run.
        await Task.Delay(settings.Settling, cancel);
        found(new IdlePoint(0, processes.ResidentBytes(), await Quiet(), 0, 0));
        var opened = new List<Opened>();
        try
        {
            foreach (var count in counts)
            {
                var (more, began) = (count - opened.Sum(o => o.Connections.Count), Stopwatch.GetTimestamp());
                var took = 0.0;
                var cost = await bench.CostOf(
                    relay,
                    () =>
                    {
                        opened.Add(new Opened(bench, relay, Route.Raw, loop, more));
                        took = Stopwatch.GetElapsedTime(began).TotalSeconds;
                    },
                    cancel);
                var share = await Quiet();
                found(new IdlePoint(count, processes.ResidentBytes(), share, more / took, cost.Relay / more));
            }
        }
        finally
        {
            foreach (var some in opened) some.Dispose();
        }

        async Task<double> Quiet() => (await Watch.SharesAsync([processes], settings.Watched, cancel))[0];
    }

    /// <summary>Has that many sessions say a message a second, for a while at each of these counts.</summary>
    public static async Task Busy(Stage stage, ScaleSettings settings, Action<BusyPoint> found, CancellationToken cancel)
    {
        var (bench, relay) = (stage.Bench, stage.Relays[0]);
        foreach (var count in settings.Busy)
        {
            using var loop = new LoadLoop();
            using var opened = new Opened(bench, relay, Route.Raw, loop, count);
            new PacedLoad(loop, opened.Connections, bench).Run(settings.Settling);
            await relay.Processes!.SettledCpuSeconds(cancel);
            var load = new PacedLoad(loop, opened.Connections, bench);
            var cost = await bench.CostOf(relay, () => load.Run(settings.Watched), cancel);
            double[] times = [.. load.Times.Order()];
            found(new BusyPoint(
                count, cost.Relay / times.Length, cost.Relay / settings.Watched.TotalSeconds, Statistics.Percentile(times, 0.5), Statistics.Percentile(times, 0.99), load.Late));
        }
    }
}

using System.Globalization;
using Gateway.Benchmarks.Machine;
using Gateway.Benchmarks.Relays;

namespace Gateway.Benchmarks.Scale;

/// <summary>One node against its sessions, then clusters against their nodes. What fails is named, and the rest is measured all the same.</summary>
sealed class ScaleBenchmark(ScaleSettings settings, Executables executables, TimeProvider time, TextWriter log)
{
    // A session is two sockets of the node; the rest is for everything else.
    const int SpareDescriptors = 1_000;

    readonly List<string> _absent = [];

    public async Task<ScaleResults> Run(CancellationToken cancel)
    {
        var (idle, busy, clusters) = (new List<IdlePoint>(), new List<BusyPoint>(), new List<ClusterPoint>());
        var limit = await Descriptors.AtLeast(2 * settings.Idle.Max() + SpareDescriptors, cancel);
        var most = (int)Math.Min(int.MaxValue, (limit - SpareDescriptors) / 2);
        // What is too much for this machine is measured as far as it goes.
        int[] possible = [.. settings.Idle.Select(n => Math.Min(n, most)).Distinct()];
        foreach (var n in settings.Idle.Except(possible)) Leave($"{n:N0} idle sessions", $"a process may have {limit:N0} descriptors here");
        await Try("idle sessions", async () =>
        {
            await using var stage = await Open(cancel);
            await SessionScale.Idle(stage, possible, settings, idle.Add, cancel);
        });
        await Try("busy sessions", async () =>
        {
            await using var stage = await Open(cancel);
            await SessionScale.Busy(stage, settings, busy.Add, cancel);
        });
        foreach (var nodes in settings.Nodes)
        {
            await Try($"{nodes} nodes", async () =>
            {
                await using var cluster = await BenchCluster.Start(nodes, executables, cancel);
                clusters.Add(await cluster.Watch(settings, cancel));
            });
        }

        return new ScaleResults(time.GetUtcNow(), MachineFacts.Read(), settings.Watched, idle, busy, clusters, _absent);
    }

    /// <summary>One node that records everything into SQLite, as it comes.</summary>
    async Task<Stage> Open(CancellationToken cancel)
    {
        var absent = new List<string>();
        var stage = await Stage.Open(
            new RelaySettings { GatewayExecutable = executables.Node, Relays = [GatewayFlavour.Default.Name] }, absent, cancel);
        if (absent.Count == 0) return stage;
        await stage.DisposeAsync();
        throw new RelayStartException(absent[0]);
    }

    async Task Try(string what, Func<Task> measure)
    {
        var began = time.GetTimestamp();
        try
        {
            await measure();
            log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {time.GetElapsedTime(began).TotalSeconds:F0} s"));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Leave(what, e.Message);
        }
    }

    void Leave(string what, string why)
    {
        _absent.Add($"{what}: {why}");
        log.WriteLine(_absent[^1]);
    }
}

using Gateway.Benchmarks.Micro;
using Gateway.Benchmarks.Relays;

namespace Gateway.Benchmarks.Gate;

/// <summary>What continuous integration can hold on to: allocations always, ratios where nginx is installed.</summary>
static class GateRun
{
    public static async Task<int> Run(string gatewayExecutable, TextWriter output, CancellationToken cancel)
    {
        var results = HotPaths.All().Where(p => !p.MayAllocate).Select(AllocationGate.Judge).ToList();
        if (NginxRelay.IsInstalled)
        {
            var benchmark = new RelayBenchmark(Settings(gatewayExecutable), TimeProvider.System, output);
            results.AddRange(RatioGate.Judge(await benchmark.Run(cancel)));
        }
        else
        {
            output.WriteLine("nginx with its stream module is not installed: ratios are left out.");
        }

        foreach (var result in results) output.WriteLine(result);
        return results.All(r => r.Holds) ? 0 : 1;
    }

    static RelaySettings Settings(string gatewayExecutable) => new RelaySettings { GatewayExecutable = gatewayExecutable }.Quick() with
    {
        Only = [.. RatioGate.Bounds.Keys],
        Relays = [NginxRelay.Title, GatewayFlavour.Default.Name],
        // A node that has just started runs code that is not yet optimised: more work than a quick look, or its start is what is judged.
        Share = 0.75,
        Limit = TimeSpan.FromSeconds(25),
    };
}

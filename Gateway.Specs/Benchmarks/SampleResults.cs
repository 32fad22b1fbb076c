using Gateway.Benchmarks.Machine;
using Gateway.Benchmarks.Measures;
using Gateway.Benchmarks.Report;

namespace Gateway.Specs.Benchmarks;

/// <summary>Results of two rounds, of which the second ran on a machine half as fast.</summary>
static class SampleResults
{
    public static readonly Measure Cost = new("cost", "CPU per thing", "s");

    public static readonly Measure Disk = Measure.OfJournal("cost", "of a thing");

    public static RelayResults Of(params Sample[] samples) => new(
        new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        new MachineFacts("Some Processor", 2, 8, "Linux", ".NET"),
        "./build.sh bench relay",
        2,
        [Cost, Disk],
        [
            new("nginx", "nginx/1", "nginx -c FILE", "worker_processes 1;"),
            new("gateway", "gateway-node 1", "gateway-node", "{}"),
            new("direct", "no relay", "", ""),
        ],
        samples,
        ["haproxy: it is not installed"]);

    public static RelayResults TwoRounds => Of(
        new("cost", "nginx", 0, 1.0), new("cost", "gateway", 0, 1.2),
        new("cost", "nginx", 1, 2.0), new("cost", "gateway", 1, 2.0),
        new("cost", "load generator", 0, 0.5), new("cost", "load generator", 1, 0.7));
}

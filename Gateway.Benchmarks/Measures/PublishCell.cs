using System.Diagnostics;
using System.Globalization;
using Gateway.Benchmarks.Load;
using Gateway.Benchmarks.Relays;
using Gateway.Benchmarks.Report;

namespace Gateway.Benchmarks.Measures;

/// <summary>
/// How long confirmed records of 1 KiB take at half of what the slowest relay of the run can do, which its warm-up finds out: a relay that is asked for
/// all it can do shows its queues and not itself.
/// </summary>
sealed class PublishCell() : Cell(Route.Kafka)
{
    /// <summary>The measure of the average time.</summary>
    public const string AverageId = Prefix + Average;

    const string Prefix = "kafka-publish-", Average = "average";
    const int Producers = 64;
    const int FullCount = 40_000;
    const double Half = 0.5;

    // Of several warm-ups the best counts: in the first ones the relay still compiles.
    readonly Dictionary<string, double> _most = [];

    public override int WarmUps => 6;

    public override IReadOnlyList<Measure> Measures => [Named(Average, "average time"), Named("p50", "median time"), Named("p99", "99th percentile of times")];

    double Rate => _most.Values.DefaultIfEmpty(0).Min() * Half;

    public override async Task<IReadOnlyList<Reading>> Run(Workbench bench, IRelay relay, double share, CancellationToken cancel)
    {
        using var loop = new LoadLoop();
        using var opened = new Opened(bench, relay, Route, loop, Producers);
        var count = Math.Max(Producers, (int)(FullCount * share));
        var load = new PacedPublishing(loop, opened.Connections, KafkaDialogue.Publications, KafkaDialogue.Confirmation.Length, bench.Scratch);
        if (!bench.IsMeasuring)
        {
            var began = Stopwatch.GetTimestamp();
            load.Run(count, double.PositiveInfinity, Workbench.CellLimit);
            var reached = count / Stopwatch.GetElapsedTime(began).TotalSeconds;
            _most[relay.Name] = Math.Max(reached, _most.GetValueOrDefault(relay.Name));
            return [];
        }

        load.Run(count, Rate, Workbench.CellLimit);
        await Workbench.SettledCpuSeconds(relay, cancel);
        var micros = load.Micros;
        double[] values = [micros.Average(), Statistics.Percentile(micros, 0.5), Statistics.Percentile(micros, 0.99)];
        return [.. Measures.Zip(values, (measure, value) => new Reading(measure, relay.Name, value))];
    }

    Measure Named(string id, string what) => new(
        Prefix + id,
        string.Create(CultureInfo.InvariantCulture, $"{what} until a record of 1 KiB is confirmed, {Rate:N0} a second by {Producers} of Kafka's producers"),
        "us");
}

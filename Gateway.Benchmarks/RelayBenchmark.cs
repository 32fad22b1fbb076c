using System.Globalization;
using Gateway.Benchmarks.Machine;
using Gateway.Benchmarks.Measures;
using Gateway.Benchmarks.Relays;
using Gateway.Benchmarks.Report;

namespace Gateway.Benchmarks;

/// <summary>
/// Compares relays on this machine, in this order: start the backend and every relay; measure idle sessions while the relays are fresh;
/// warm up; then round after round, cell after cell, every relay in turn, so that what disturbs one disturbs all.
/// </summary>
sealed class RelayBenchmark(RelaySettings settings, TimeProvider time, TextWriter log)
{
    const double WarmUpShare = 0.25;

    readonly List<Sample> _samples = [];
    readonly List<string> _absent = [];
    readonly HashSet<(Cell, IRelay)> _failed = [];

    public async Task<RelayResults> Run(CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        await using var stage = await Stage.Open(settings, _absent, cancel);
        var cells = Cells.Chosen(settings);
        foreach (var cell in cells.OfType<IdleCell>()) await Everyone(cell, stage, 0, 1, cancel);
        var repeated = cells.Where(c => c is not IdleCell).ToArray();
        foreach (var cell in repeated)
        {
            for (var i = 0; i < cell.WarmUps; i++) await Everyone(cell, stage, null, WarmUpShare * settings.Share, cancel);
        }

        log.WriteLine($"warm after {time.GetElapsedTime(started).TotalSeconds:F0} s");
        var (rounds, measuring) = (0, time.GetTimestamp());
        while (rounds < settings.Rounds && (rounds == 0 || time.GetElapsedTime(measuring) < settings.Limit))
        {
            foreach (var cell in repeated) await Everyone(cell, stage, rounds, settings.Share, cancel);
            rounds++;
            log.WriteLine($"round {rounds} of {settings.Rounds}, {time.GetElapsedTime(started).TotalSeconds:F0} s");
        }

        return new RelayResults(time.GetUtcNow(), MachineFacts.Read(), settings.CommandLine, rounds,
            [.. cells.SelectMany(c => c.Measures)], [.. stage.Relays.Select(r => RelayFacts.Of(r, stage.Directory))], _samples, _absent);
    }

    /// <summary>
    /// Runs one cell with every relay; <paramref name="round"/> is null for a warm-up. A relay that fails a cell is not asked again.
    /// </summary>
    async Task Everyone(Cell cell, Stage stage, int? round, double share, CancellationToken cancel)
    {
        stage.Bench.IsMeasuring = round is not null;
        foreach (var relay in stage.Relays.Where(r => !_failed.Contains((cell, r))))
        {
            try
            {
                var readings = await cell.Run(stage.Bench, relay, share, cancel);
                if (round is { } number) _samples.AddRange(readings.Select(r => new Sample(r.Measure.Id, r.Whose, number, r.Value)));
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                _failed.Add((cell, relay));
                var what = string.Create(CultureInfo.InvariantCulture, $"{relay.Name}, {cell.Measures[0].Id}: {e.Message}");
                _absent.Add(what);
                log.WriteLine(what);
            }
        }
    }
}

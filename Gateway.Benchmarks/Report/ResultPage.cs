using System.Globalization;
using System.Text;
using Gateway.Benchmarks.Measures;
using Gateway.Benchmarks.Relays;

namespace Gateway.Benchmarks.Report;

/// <summary>The part of docs/performance.md that a run writes.</summary>
static class ResultPage
{
    const string CostPlot = "cost.svg", LatencyPlot = "latency.svg", LatencyUnit = "us";

    const string HowToSizeADisk =
        "To size a disk: bytes that clients and upstreams say in a day, both directions in the clear, times the row that is most like them, and sessions of a day "
        + "times theirs, times the days that are kept. Each value is what the whole database grew by, indexes, keys and ledger included; the write-ahead log "
        + "is not in it, which for PostgreSQL comes to `max_wal_size` besides and for SQLite to 64 MiB at most once it is at rest.";

    public static string Render(RelayResults results)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"Measured {results.MeasuredAt:yyyy-MM-dd} on {results.Machine}, ");
        page.Append($"{(results.Rounds == 1 ? "one round" : $"{results.Rounds} rounds")}, with `{results.CommandLine}`.\n\n");
        foreach (var relay in results.Relays.Where(r => r.CommandLine.Length > 0)) page.Append($"- {relay.Name}: {relay.Version}\n");
        foreach (var absent in results.Absent) page.Append($"- Not measured: {absent}\n");
        page.Append($"\n{RatioTable.Render(results)}\n");
        if (AddedTime.Render(results) is { Length: > 0 } added) page.Append($"{added}\n\n");
        if (DiskTable.Render(results) is { Length: > 0 } disk) page.Append($"{disk}\n{HowToSizeADisk}\n\n");
        page.Append($"![CPU cost and memory as ratios to nginx](performance/{CostPlot})\n\n");
        page.Append($"![Round trip times as ratios to nginx](performance/{LatencyPlot})\n\n");
        page.Append("### Command lines and configurations of this run\n");
        foreach (var relay in results.Relays.Where(r => r.CommandLine.Length > 0))
            page.Append($"\n`{relay.CommandLine}`\n\n```text\n{relay.Configuration.Trim()}\n```\n");
        return page.ToString();
    }

    public static IEnumerable<(string Name, string Svg)> Plots(RelayResults results)
    {
        yield return (CostPlot, Ratios("CPU cost and memory, nginx = 1, less is better", results, m => m.Unit != LatencyUnit && !m.IsOfJournal));
        yield return (LatencyPlot, Ratios("Round trip times, nginx = 1, less is better", results, m => m.Unit == LatencyUnit));
    }

    static string Ratios(string title, RelayResults results, Func<Measure, bool> which) => BarPlot.Render(title,
    [
        .. from measure in results.Measures.Where(which)
           let bars = Bars(results, measure)
           where bars.Count > 0
           select new BarGroup(measure.Title, bars),
    ]);

    static List<Bar> Bars(RelayResults results, Measure measure) =>
    [
        .. from relay in results.Relays
           where relay.Name != DirectRelay.Title
           let ratio = results.Ratio(measure, relay.Name, RatioTable.Reference)
           where ratio is not null
           select new Bar(relay.Name, ratio.Value),
    ];
}

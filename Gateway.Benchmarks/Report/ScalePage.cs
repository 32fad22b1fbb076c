using System.Globalization;
using System.Text;
using Gateway.Benchmarks.Scale;

namespace Gateway.Benchmarks.Report;

/// <summary>The part of docs/performance.md that <c>./build.sh scale</c> writes.</summary>
static class ScalePage
{
    const string MemoryPlot = "scale-memory.svg", MessagePlot = "scale-messages.svg", ClusterPlot = "scale-cluster.svg";
    const double KiB = 1024, MiB = 1024 * KiB, Milli = 1_000, Micro = 1_000_000, Percent = 100;

    public static string Render(ScaleResults results)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"Measured {results.MeasuredAt:yyyy-MM-dd} on {results.Machine}, each over {results.Watched.TotalSeconds:0} s, with `./build.sh scale`.\n");
        foreach (var absent in results.Absent) page.Append($"\n- Not measured: {absent}\n");
        if (results.Idle.Count > 1) page.Append(Idle(results.Idle));
        if (results.Busy.Count > 0) page.Append(Busy(results.Busy));
        if (results.Clusters.Count > 0) page.Append(Clusters(results.Clusters));
        return page.ToString();
    }

    public static IEnumerable<(string Name, string Svg)> Plots(ScaleResults results)
    {
        if (results.Idle.Count > 1) yield return (MemoryPlot, LinePlot.Render("Resident memory of a node", "idle sessions", "MiB",
            [new("resident", [.. results.Idle.Select(p => ((double)p.Sessions, p.ResidentBytes / MiB))])]));
        if (results.Busy.Count > 0) yield return (MessagePlot, LinePlot.Render("Processor time of a node per message there and back", "sessions, each a message a second", "microseconds",
            [new("per message", [.. results.Busy.Select(p => ((double)p.Sessions, p.MessageSeconds * Micro))])]));
        if (results.Clusters.Count > 0) yield return (ClusterPlot, LinePlot.Render("What each process of a cluster without clients costs", "nodes", "percent of a core",
        [
            new("node", [.. results.Clusters.Select(p => ((double)p.Nodes, p.NodeShare * Percent))]),
            new("lighthouse", [.. results.Clusters.Select(p => ((double)p.Nodes, p.LighthouseShare * Percent))]),
            new("PostgreSQL", [.. results.Clusters.Select(p => ((double)p.Nodes, p.DatabaseShare * Percent))]),
        ]));
    }

    static string Idle(IReadOnlyList<IdlePoint> points)
    {
        var begin = points[0];
        var table = new StringBuilder("\n| idle sessions on one node | resident memory | memory per session | processor time | started per second | processor time per start |\n");
        table.Append("| ---: | ---: | ---: | ---: | ---: | ---: |\n");
        foreach (var point in points)
        {
            var each = point.Sessions == 0 ? "" : Number((point.ResidentBytes - begin.ResidentBytes) / KiB / point.Sessions, "KiB");
            var (rate, start) = point.Sessions == 0 ? ("", "") : (Number(point.StartedPerSecond, ""), Number(point.StartSeconds * Milli, "ms"));
            table.Append(CultureInfo.InvariantCulture,
                $"| {point.Sessions:N0} | {Number(point.ResidentBytes / MiB, "MiB")} | {each} | {Number(point.CpuShare * Percent, "% of a core")} | {rate} | {start} |\n");
        }

        return table.Append($"\n![Resident memory against idle sessions](performance/{MemoryPlot})\n").ToString();
    }

    static string Busy(IReadOnlyList<BusyPoint> points)
    {
        var table = new StringBuilder("\n| sessions, each a message of 100 B a second | processor time per message there and back | of a core | round trip, median | 99th percentile | left out |\n");
        table.Append("| ---: | ---: | ---: | ---: | ---: | ---: |\n");
        foreach (var point in points)
        {
            table.Append(CultureInfo.InvariantCulture,
                $"| {point.Sessions:N0} | {Number(point.MessageSeconds * Micro, "µs")} | {Number(point.CpuShare * Percent, "%")} | {Number(point.Median * Milli, "ms")} | {Number(point.Slow * Milli, "ms")} | {point.Late:N0} |\n");
        }

        return table.Append($"\n![Processor time per message against sessions](performance/{MessagePlot})\n").ToString();
    }

    static string Clusters(IReadOnlyList<ClusterPoint> points)
    {
        var table = new StringBuilder("\n| nodes, without clients | all ready after | memory of a node | processor time of a node | of the lighthouse | of PostgreSQL |\n");
        table.Append("| ---: | ---: | ---: | ---: | ---: | ---: |\n");
        foreach (var point in points)
        {
            table.Append(CultureInfo.InvariantCulture,
                $"| {point.Nodes} | {Number(point.UpSeconds, "s")} | {Number(point.NodeBytes / MiB, "MiB")} | {Number(point.NodeShare * Percent, "% of a core")} | {Number(point.LighthouseShare * Percent, "%")}, {Number(point.LighthouseBytes / MiB, "MiB")} | {Number(point.DatabaseShare * Percent, "%")} |\n");
        }

        return table.Append($"\n![Processor time of a cluster's processes against its nodes](performance/{ClusterPlot})\n").ToString();
    }

    /// <summary>Three digits that count, and the unit.</summary>
    static string Number(double value, string unit)
    {
        var text = value.ToString(Math.Abs(value) switch { >= 100 => "N0", >= 10 => "0.0", _ => "0.00" }, CultureInfo.InvariantCulture);
        return unit.Length == 0 ? text : $"{text} {unit}";
    }
}

using System.Text;

namespace Gateway.Benchmarks.Report;

/// <summary>What recordings take on disk, as a Markdown table: a row for each measure, a column for each relay that keeps any. Empty where none does.</summary>
static class DiskTable
{
    public static string Render(RelayResults results)
    {
        var rows = results.Measures.Where(m => m.IsOfJournal).ToArray();
        var keepers = results.Relays.Select(r => r.Name).Where(r => rows.Any(m => results.Of(m, r) is not null)).ToArray();
        if (keepers.Length == 0) return "";
        var text = new StringBuilder($"| recordings on disk | {string.Join(" | ", keepers)} |\n|---|");
        text.Insert(text.Length, "--:|", keepers.Length).Append('\n');
        foreach (var row in rows)
        {
            text.Append($"| {row.Title} |");
            foreach (var keeper in keepers) text.Append($" {RatioTable.WithSpread(results.Of(row, keeper))} |");
            text.Append('\n');
        }

        return text.ToString();
    }
}

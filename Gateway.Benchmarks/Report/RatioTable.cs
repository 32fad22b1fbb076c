using System.Globalization;
using System.Text;
using Gateway.Benchmarks.Measures;
using Gateway.Benchmarks.Relays;

namespace Gateway.Benchmarks.Report;

/// <summary>
/// Results as a Markdown table: a row for each measure; the reference's median, every other relay's median and its ratio to the reference,
/// with the least and the greatest ratio of a round; and what the load generator and the backend themselves cost.
/// </summary>
static class RatioTable
{
    public const string Reference = "nginx";

    const string Nothing = "";

    public static string Render(RelayResults results)
    {
        var others = results.Relays.Select(r => r.Name).Where(r => r is not (Reference or DirectRelay.Title)).ToArray();
        var text = new StringBuilder();
        text.Append($"| measure | {Reference} |");
        foreach (var relay in others) text.Append($" {relay} | {relay} / {Reference} |");
        text.Append(" no relay | load generator | backend |\n|---|");
        text.Insert(text.Length, "--:|", 1 + 2 * others.Length + 3).Append('\n');
        foreach (var measure in results.Measures.Where(m => !m.IsOfJournal)) Row(text, results, measure, others);
        return text.ToString();
    }

    static void Row(StringBuilder text, RelayResults results, Measure measure, IReadOnlyList<string> others)
    {
        text.Append($"| {measure.Title}, {measure.Unit} | {WithSpread(results.Of(measure, Reference))} |");
        foreach (var relay in others)
            text.Append($" {Middle(results.Of(measure, relay))} | {AsRatio(results.Ratio(measure, relay, Reference))} |");
        foreach (var whose in (string[])[DirectRelay.Title, Reading.LoadGenerator, Reading.Backend])
            text.Append($" {Middle(results.Of(measure, whose))} |");
        text.Append('\n');
    }

    static string AsRatio(Spread? ratio) => ratio is not { } r ? Nothing
        : r.Count == 1 ? $"**{Fixed(r.Median)}x**"
        : $"**{Fixed(r.Median)}x** ({Fixed(r.Least)} to {Fixed(r.Most)})";

    /// <summary>The middle, and how far the rounds lie apart.</summary>
    public static string WithSpread(Spread? spread) => spread is not { } s ? Nothing
        : s.Count == 1 ? Significant(s.Median)
        : $"{Significant(s.Median)} ({Significant(s.Least)} to {Significant(s.Most)})";

    static string Middle(Spread? spread) => spread is { } s ? Significant(s.Median) : Nothing;

    static string Fixed(double value) => value.ToString("F2", CultureInfo.InvariantCulture);

    // Three digits are more than any of these figures is worth.
    static string Significant(double value) =>
        value.ToString(value >= 100 ? "F0" : value >= 10 ? "F1" : "F2", CultureInfo.InvariantCulture);
}

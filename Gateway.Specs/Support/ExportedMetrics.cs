using System.Text.RegularExpressions;

namespace Gateway.Specs.Support;

/// <summary>The metrics that docs/metrics.md lists; MetricsSpec shows that a node exports exactly those.</summary>
static partial class ExportedMetrics
{
    public static IReadOnlyList<string> Documented() =>
        [.. Row().Matches(File.ReadAllText(Repository.File("docs/metrics.md"))).Select(row => row.Groups[1].Value)];

    [GeneratedRegex(@"^\| `(gateway_\w+)` \| \w+ \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}

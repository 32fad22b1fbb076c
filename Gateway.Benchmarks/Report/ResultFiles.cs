using System.Text.Json;

namespace Gateway.Benchmarks.Report;

/// <summary>Where results go: a file for programs in artifacts/, and the page with its plots in docs/.</summary>
static class ResultFiles
{
    const string Start = "<!-- results: written by ./build.sh bench relay -->";
    const string End = "<!-- end of results -->";

    static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Every sample, as JSON. Returns the path.</summary>
    public static string WriteJson(RelayResults results, string repository)
    {
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(repository, "artifacts", "benchmarks")).FullName, "relay.json");
        File.WriteAllText(path, JsonSerializer.Serialize(results, s_json) + "\n");
        return path;
    }

    /// <summary>
    /// Replaces the results in docs/performance.md, whose other text is written by hand, and redraws the plots. Returns the path.
    /// </summary>
    public static string WritePage(RelayResults results, string repository)
    {
        var plots = Directory.CreateDirectory(Path.Combine(repository, "docs", "performance")).FullName;
        foreach (var (name, svg) in ResultPage.Plots(results)) File.WriteAllText(Path.Combine(plots, name), svg);
        var path = Path.Combine(repository, "docs", "performance.md");
        File.WriteAllText(path, Between(File.ReadAllText(path), ResultPage.Render(results)));
        return path;
    }

    /// <summary>
    /// The page with everything between the two marks replaced. Throws <see cref="InvalidDataException"/> where a mark is missing.
    /// </summary>
    public static string Between(string page, string results)
    {
        var (start, end) = (page.IndexOf(Start, StringComparison.Ordinal), page.IndexOf(End, StringComparison.Ordinal));
        if (start < 0 || end < start) throw new InvalidDataException($"The page has no '{Start}' followed by '{End}'.");
        return $"{page[..(start + Start.Length)]}\n\n{results.Trim()}\n\n{page[end..]}";
    }
}

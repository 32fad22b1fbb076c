using System.Text.Json;

namespace Gateway.Benchmarks.Report;

/// <summary>Where results go: a file for programs in artifacts/, and the page with its plots in docs/.</summary>
static class ResultFiles
{
    /// <summary>Marks in docs/performance.md, between which a command writes.</summary>
    public const string Relay = "./build.sh bench relay", Scale = "./build.sh scale";

    static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Everything that was found, as JSON. Returns the path.</summary>
    public static string WriteJson<T>(T results, string repository, string name)
    {
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(repository, "artifacts", "benchmarks")).FullName, $"{name}.json");
        File.WriteAllText(path, JsonSerializer.Serialize(results, s_json) + "\n");
        return path;
    }

    /// <summary>
    /// Replaces the results of one command in docs/performance.md, whose other text is written by hand, and redraws their plots. Returns the path.
    /// </summary>
    public static string WritePage(string page, IEnumerable<(string Name, string Svg)> drawn, string repository, string command)
    {
        var plots = Directory.CreateDirectory(Path.Combine(repository, "docs", "performance")).FullName;
        foreach (var (name, svg) in drawn) File.WriteAllText(Path.Combine(plots, name), svg);
        var path = Path.Combine(repository, "docs", "performance.md");
        File.WriteAllText(path, Between(File.ReadAllText(path), page, command));
        return path;
    }

    /// <summary>
    /// The page with everything between the command's two marks replaced. Throws <see cref="InvalidDataException"/> where a mark is missing.
    /// </summary>
    public static string Between(string page, string results, string command)
    {
        var (first, last) = ($"<!-- results: written by {command} -->", "<!-- end of results -->");
        var start = page.IndexOf(first, StringComparison.Ordinal);
        var end = start < 0 ? -1 : page.IndexOf(last, start, StringComparison.Ordinal);
        if (end < 0) throw new InvalidDataException($"The page has no '{first}' followed by '{last}'.");
        return $"{page[..(start + first.Length)]}\n\n{results.Trim()}\n\n{page[end..]}";
    }
}

using System.Text;
using System.Text.RegularExpressions;
using Gateway.Cli;

namespace Gateway.Specs.Support;

/// <summary>
/// A written session at a terminal, which is run line by line. <c>$ gateway ...</c> must succeed, <c>! gateway ...</c> must fail, with
/// the code that <c>[exit N]</c> says; <c>$ export NAME=value</c> sets a variable; <c>#</c> starts a comment. Every other line is output,
/// standard output before standard error. Ids that a node makes up (32 hex digits) are called <c>{id1}</c>, <c>{id2}</c> in the order in which they are
/// first told, and may be named so in later lines.
/// </summary>
sealed partial class Transcript(IReadOnlyDictionary<string, string> names)
{
    readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);
    readonly Dictionary<string, string> _ids = new(StringComparer.Ordinal);

    /// <summary>What the transcript would say, had it been written just now. Names in braces stand for what differs between runs.</summary>
    public async Task<string> RunAsync(string written)
    {
        var told = new StringBuilder();
        foreach (var line in written.ReplaceLineEndings("\n").Split('\n'))
        {
            if (line.StartsWith('#') || line.Length == 0) told.Append(line).Append('\n');
            else if (line.StartsWith("$ export ", StringComparison.Ordinal)) told.Append(Export(line));
            else if (line[0] is '$' or '!') told.Append(await CommandAsync(line));
        }

        return Named(told.ToString()).TrimEnd('\n') + "\n";
    }

    string Export(string line)
    {
        var parts = line["$ export ".Length..].Split('=', 2);
        _variables[parts[0]] = Filled(parts[1]);
        return line + "\n";
    }

    async Task<string> CommandAsync(string line)
    {
        var words = Words(Filled(line[2..]));
        if (words[0] != "gateway") throw new FormatException($"not run: {line}");
        using var output = new MemoryStream();
        await using var text = new StreamWriter(output, new UTF8Encoding(false)) { AutoFlush = true, NewLine = "\n" };
        await using var error = new StringWriter { NewLine = "\n" };
        var code = await CommandLine.RunAsync(words[1..], new CliOutput(text, error, raw: output), _variables.GetValueOrDefault);
        var shown = Ended(Encoding.UTF8.GetString(output.ToArray())) + error;
        foreach (Match id in Id().Matches(shown)) _ids.TryAdd(id.Value, $"id{_ids.Count + 1}");
        return code == ExitCode.Ok ? $"$ {line[2..]}\n{shown}" : $"! {line[2..]}\n{shown}[exit {code}]\n";
    }

    static string Ended(string text) => text.Length == 0 || text.EndsWith('\n') ? text : text + "\n";

    IEnumerable<KeyValuePair<string, string>> Names => names.Concat(_ids.Select(id => KeyValuePair.Create(id.Value, id.Key)));

    string Filled(string text) =>
        Names.Aggregate(text, (filled, name) => filled.Replace($"{{{name.Key}}}", name.Value, StringComparison.Ordinal));

    string Named(string text) =>
        Names.Aggregate(text, (named, name) => named.Replace(name.Value, $"{{{name.Key}}}", StringComparison.Ordinal));

    // Words as a shell takes them, with double quotes and nothing else.
    static string[] Words(string line) => [.. Word().Matches(line).Select(word => word.Value.Replace("\"", "", StringComparison.Ordinal))];

    [GeneratedRegex(@"\b[0-9a-f]{32}\b")]
    private static partial Regex Id();

    [GeneratedRegex("""(?:[^\s"]|"[^"]*")+""")]
    private static partial Regex Word();
}

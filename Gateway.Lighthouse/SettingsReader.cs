using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Gateway.Lighthouse;

/// <summary>
/// Takes settings out of a section one by one, collects every fault as one line, and in the end refuses what nobody asked for.
/// </summary>
sealed class SettingsReader(IConfigurationSection section)
{
    const int LongestShown = 120;

    readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    public List<string> Faults { get; } = [];

    public string Text(string name, string? otherwise, string remedy)
    {
        _known.Add(name);
        var text = section[name];
        if (!string.IsNullOrEmpty(text)) return text;
        if (otherwise is null) Fault(name, "is not set", remedy);
        return otherwise ?? "";
    }

    public int? Port(string name)
    {
        _known.Add(name);
        if (string.IsNullOrEmpty(section[name])) return null;
        if (ushort.TryParse(section[name], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0) return port;
        Fault(name, "must be between 1 and 65535", "correct the value");
        return null;
    }

    public IReadOnlyList<string> List(string name)
    {
        _known.Add(name);
        return [.. section.GetSection(name).GetChildren().Select(c => c.Value ?? "")];
    }

    public void Require(bool holds, string name, string problem, string remedy)
    {
        if (!holds) Fault(name, problem, remedy);
    }

    public void RefuseUnknown()
    {
        foreach (var given in section.GetChildren().Where(c => !_known.Contains(c.Key)))
            Faults.Add($"{given.Path}: there is no such setting; use some of {string.Join(", ", _known.Order(StringComparer.Ordinal))}");
    }

    void Fault(string name, string problem, string remedy)
    {
        var path = $"{section.Path}:{name}";
        var given = section[name] is { Length: > 0 } value ? $" is \"{Printable(value)}\"" : "";
        Faults.Add($"{path}{given}: {problem}; {remedy}");
    }

    static string Printable(string value) =>
        string.Concat((value.Length <= LongestShown ? value : value[..LongestShown] + "...").Select(c => char.IsControl(c) ? '?' : c));
}

using Gateway.Actors.Hosting;

namespace Gateway.Actors.Connections;

/// <summary>Collects what is wrong with one file, each fault with its place.</summary>
sealed class YamlFaults(string file)
{
    readonly List<(long Line, long Column, ConfigurationFault Fault)> _faults = [];

    public int Count => _faults.Count;

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<ConfigurationFault> All => [.. _faults.OrderBy(f => f.Line).ThenBy(f => f.Column).Select(f => f.Fault)];

    public void Add(YamlValue at, string path, string problem, string remedy)
    {
        var shown = at is YamlScalar { Text.Length: > 0 } scalar ? scalar.Text : null;
        Add(at.Line, at.Column, path, shown, problem, remedy);
    }

    public void Add(long line, long column, string path, string? value, string problem, string remedy)
    {
        var place = path.Length == 0 ? $"{file}:{line}:{column}" : $"{file}:{line}:{column} {path}";
        _faults.Add((line, column, new(place, value, problem, remedy)));
    }
}

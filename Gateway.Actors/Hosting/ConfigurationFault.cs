namespace Gateway.Actors.Hosting;

/// <summary>One thing that is wrong with what operators configured. Prints as one line; never holds a secret.</summary>
/// <param name="Path">The setting (<c>Gateway:Admin:Port</c>), or file, line, column and setting.</param>
/// <param name="Value">The value as written; null when there is none or it may be a secret.</param>
/// <param name="Problem">What is wrong, with the bound that was crossed.</param>
/// <param name="Remedy">What to do.</param>
public sealed record ConfigurationFault(string Path, string? Value, string Problem, string Remedy)
{
    public override string ToString() => Value is null ? $"{Path}: {Problem}; {Remedy}" : $"{Path} is \"{Printable(Value)}\": {Problem}; {Remedy}";

    // One fault is one line, whatever somebody wrote into the value.
    static string Printable(string value)
    {
        var shown = value.Length <= 120 ? value : value[..120] + "...";
        return string.Concat(shown.Select(c => char.IsControl(c) ? '?' : c));
    }
}

namespace Gateway.Build;

/// <summary>Runs the benchmarks in a Release build.</summary>
static class Benchmarks
{
    public static async Task<int> Run(IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        IReadOnlyList<string> what = arguments.Count == 0 ? ["relay"] : arguments;
        string[] measured = what[0] switch { "relay" or "gate" => ["Gateway.Node"], "scale" => ["Gateway.Node", "Gateway.Lighthouse"], _ => [] };
        if (measured.Length > 0) await DebianPackages.Provide(DebianPackages.ForBenchmarks, "what needs it is left out", cancel);
        foreach (var project in measured)
        {
            var built = await Shell.Dotnet(cancel, ["build", project, "-c", "Release", "-nologo", "-v", "quiet"]);
            if (built != 0) return built;
        }

        return await Shell.Dotnet(cancel, ["run", "-c", "Release", "--project", "Gateway.Benchmarks", "--", .. what]);
    }
}

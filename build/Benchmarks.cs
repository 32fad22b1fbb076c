namespace Gateway.Build;

/// <summary>Runs the benchmarks in a Release build.</summary>
static class Benchmarks
{
    public static async Task<int> Run(IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        IReadOnlyList<string> what = arguments.Count == 0 ? ["relay"] : arguments;
        if (what[0] is "relay" or "gate")
        {
            await DebianPackages.Provide(DebianPackages.ForBenchmarks, "it is left out of the comparison", cancel);
            var node = await Shell.Dotnet(cancel, ["build", "Gateway.Node", "-c", "Release", "-nologo", "-v", "quiet"]);
            if (node != 0) return node;
        }

        return await Shell.Dotnet(cancel, ["run", "-c", "Release", "--project", "Gateway.Benchmarks", "--", .. what]);
    }
}

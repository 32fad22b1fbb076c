namespace Gateway.Build;

/// <summary>Specs that take minutes, beside the suite, which skips them: each prints the report that it leaves below artifacts.</summary>
static class LongSpecs
{
    /// <param name="needed">The programs they drive.</param>
    /// <param name="whatIsLeftOut">What a missing one comes to.</param>
    /// <param name="ask">The environment variable without which they are skipped, and its value.</param>
    /// <param name="filter">Part of their full name.</param>
    /// <param name="report">Below artifacts.</param>
    /// <param name="cancel">Ends them.</param>
    public static async Task<int> Run(
        IReadOnlyList<Needed> needed, string whatIsLeftOut, (string Name, string Value) ask, string filter, string report,
        CancellationToken cancel)
    {
        await DebianPackages.Provide(needed, whatIsLeftOut, cancel);
        Environment.SetEnvironmentVariable(ask.Name, ask.Value);
        var file = Path.Combine(Shell.Root, "artifacts", report);
        if (File.Exists(file)) File.Delete(file);
        var exit = await Shell.Dotnet(cancel, ["test", "Gateway.Specs", "-nologo", "--filter", $"FullyQualifiedName~{filter}"]);
        // Without a report nothing was found out, whatever the runner says.
        if (!File.Exists(file)) return exit != 0 ? exit : 1;
        Console.Write(await File.ReadAllTextAsync(file, cancel));
        return exit;
    }
}

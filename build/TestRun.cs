namespace Gateway.Build;

/// <summary>Runs the specs and reports them; the last line is <c>N passed, N failed</c>.</summary>
static class TestRun
{
    public static async Task<int> Run(string? filter, CancellationToken cancel)
    {
        await DebianPackages.Provide(DebianPackages.ForSpecs, "the specs that need it are skipped, and fail with CI=true", cancel);
        var results = Path.Combine(Shell.Root, "artifacts", "tests");
        if (Directory.Exists(results)) Directory.Delete(results, recursive: true);

        var exit = await Shell.Dotnet(cancel, ["test", "Gateway.Specs", "-nologo", "--logger", "trx;LogFileName=specs.trx", "--results-directory", results, .. Filter(filter)]);

        var file = Path.Combine(results, "specs.trx");
        var report = TestReport.Of(exit, File.Exists(file) ? TrxFile.Read(file) : []);
        foreach (var line in report.Lines) Console.WriteLine(line);
        return report.ExitCode;
    }

    static string[] Filter(string? filter) => filter is null ? [] : ["--filter", filter.IndexOfAny(['=', '~', '|', '&']) < 0 ? $"FullyQualifiedName~{filter}" : filter];
}

namespace Gateway.Build;

/// <summary>What is said of a test run. Whatever is not a clean pass counts against it: a run without results, a crash after the last spec.</summary>
public sealed record TestReport(int ExitCode, IReadOnlyList<string> Lines)
{
    /// <summary>The report of the results in the trx file and <c>dotnet test</c>'s own exit code.</summary>
    public static TestReport Of(int exit, IReadOnlyList<SpecResult> results)
    {
        var skipped = results.Where(r => r.Outcome == "NotExecuted").ToArray();
        var failed = results.Where(r => r.Outcome is not ("Passed" or "NotExecuted")).ToArray();
        var passed = results.Count - skipped.Length - failed.Length;
        var brokenRun = failed.Length == 0 && (exit != 0 || passed == 0);

        List<string> lines = [.. skipped.Select(s => $"skipped: {s.Name}: {FirstLine(s)}"), .. failed.Select(f => $"failed: {f.Name}: {FirstLine(f)}")];
        if (brokenRun) lines.Add(passed == 0 ? "failed: no spec ran" : $"failed: the run itself ended with exit code {exit}");
        lines.Add($"{passed} passed, {failed.Length + (brokenRun ? 1 : 0)} failed{(skipped.Length > 0 ? $", {skipped.Length} skipped" : "")}");
        return new TestReport(failed.Length > 0 || brokenRun ? 1 : 0, lines);
    }

    static string FirstLine(SpecResult result) => (result.Message ?? "no reason given").Trim().Split('\n')[0].Trim();
}

using System.Diagnostics;

namespace Gateway.Specs.Support;

/// <summary>A real server or client program that a spec drives, such as <c>mosquitto</c> or <c>postgres</c>.</summary>
public static class Tool
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    // What Debian's modules of Python and its libraries are called.
    static readonly string[] s_unrunnable = ["python3-", "lib"];

    /// <summary>True where a missing program must fail the specs that need it rather than skip them.</summary>
    public static bool InCi => Environment.GetEnvironmentVariable("CI") is "true" or "1";

    /// <summary>The full path of a program, or null where it is not installed.</summary>
    public static string? Find(string name) => s_unrunnable.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)) ? FindPackage(name) : FindProgram(name);

    static string? FindProgram(string name) =>
        Directories().Select(d => System.IO.Path.Combine(d, OperatingSystem.IsWindows() ? name + ".exe" : name)).FirstOrDefault(File.Exists);

    /// <summary>A module or library that Debian has packed, or null where it is not installed.</summary>
    static string? FindPackage(string package)
    {
        var packed = $"/usr/share/doc/{package}/copyright";
        return File.Exists(packed) ? packed : null;
    }

    /// <summary>The full path of a program that the spec said it requires.</summary>
    public static string Path(string name) =>
        Find(name) ?? throw new InvalidOperationException($"{name} is not installed; ./build.sh test installs it as root on Debian");

    /// <summary>Runs a program to its end; it is killed when that takes longer than 30 s.</summary>
    public static Task<ToolRun> RunAsync(string name, params string[] arguments) => RunAsync(s_patience, "", name, arguments);

    /// <summary>The same with more patience.</summary>
    public static Task<ToolRun> RunAsync(TimeSpan patience, string name, params string[] arguments) => RunAsync(patience, "", name, arguments);

    /// <summary>The same in a directory.</summary>
    public static Task<ToolRun> RunInAsync(string directory, string name, params string[] arguments) => RunAsync(s_patience, directory, name, arguments);

    static async Task<ToolRun> RunAsync(TimeSpan patience, string directory, string name, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Path(name), arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var late = new CancellationTokenSource(patience);
        await using var kill = late.Token.Register(process.Kill);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(CancellationToken.None), process.StandardError.ReadToEndAsync(CancellationToken.None));
        await process.WaitForExitAsync(CancellationToken.None);
        return new ToolRun(process.ExitCode, await output, await errors);
    }

    // Daemons live in sbin, which is not on everybody's PATH; Debian keeps PostgreSQL's programs, but for wrappers, in a directory per version.
    static IEnumerable<string> Directories()
    {
        var path = Environment.GetEnvironmentVariable("PATH") ?? "";
        foreach (var directory in path.Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)) yield return directory;
        yield return "/usr/sbin";
        yield return "/usr/local/sbin";
        if (!Directory.Exists("/usr/lib/postgresql")) yield break;
        foreach (var version in Directory.GetDirectories("/usr/lib/postgresql").OrderDescending()) yield return System.IO.Path.Combine(version, "bin");
    }
}

/// <summary>How a program ended and what it printed.</summary>
/// <param name="ExitCode">What it ended with.</param>
/// <param name="Result">What went to standard output.</param>
/// <param name="Errors">And to standard error.</param>
public sealed record ToolRun(int ExitCode, string Result, string Errors)
{
    /// <summary>All of it: the result, then the errors.</summary>
    public string Output => Result + Errors;
}

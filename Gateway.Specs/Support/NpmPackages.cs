using System.Collections.Concurrent;
using System.Diagnostics;

namespace Gateway.Specs.Support;

/// <summary>The identity providers and checkers of Gateway.Specs/Npm, installed in the specs' output folder when a spec first needs one.</summary>
static class NpmPackages
{
    static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "Npm");
    static readonly Lazy<Task> s_installed = new(InstallAsync);

    /// <summary>Starts one of the scripts, and returns it when it listens.</summary>
    public static async Task<NpmProcess> StartAsync(string script, params string[] arguments)
    {
        await s_installed.Value;
        var process = new NpmProcess(new ProcessStartInfo(Tool.Path("node"), [Path.Combine(s_folder, script), .. arguments]) { WorkingDirectory = s_folder });
        await Eventually.TrueAsync(() => process.HasExited || process.Output.Contains("listening", StringComparison.Ordinal));
        return process.HasExited ? throw new InvalidOperationException($"{script}: {process.Output}") : process;
    }

    /// <summary>Runs one of the scripts to its end.</summary>
    public static Task<ToolRun> RunAsync(string script, params string[] arguments) => RunAsync(TimeSpan.FromSeconds(30), script, arguments);

    /// <summary>The same with more patience.</summary>
    public static async Task<ToolRun> RunAsync(TimeSpan patience, string script, params string[] arguments)
    {
        await s_installed.Value;
        return await Tool.RunAsync(patience, "node", [Path.Combine(s_folder, script), .. arguments]);
    }

    // npm's own record of what it installed says whether that is what the lock file asks for.
    static async Task InstallAsync()
    {
        using var alone = new FileStream(Path.Combine(s_folder, "install.lock"), FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
        var (wanted, installed) = (Path.Combine(s_folder, "package-lock.json"), Path.Combine(s_folder, "node_modules", ".package-lock.json"));
        if (File.Exists(installed) && File.GetLastWriteTimeUtc(installed) > File.GetLastWriteTimeUtc(wanted)) return;
        using var npm = Process.Start(new ProcessStartInfo(Tool.Path("npm"), ["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        {
            WorkingDirectory = s_folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (output, errors) = (npm.StandardOutput.ReadToEndAsync(), npm.StandardError.ReadToEndAsync());
        using var late = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await npm.WaitForExitAsync(late.Token);
        if (npm.ExitCode != 0) throw new InvalidOperationException($"npm ci failed: {await output}{await errors}");
    }
}

/// <summary>A script that serves until it is disposed of.</summary>
sealed class NpmProcess : IAsyncDisposable
{
    readonly ConcurrentQueue<string> _lines = new();
    readonly Process _process;

    public NpmProcess(ProcessStartInfo start)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => _lines.Enqueue(line.Data ?? "");
        _process.ErrorDataReceived += (_, line) => _lines.Enqueue(line.Data ?? "");
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public bool HasExited => _process.HasExited;

    public int Id => _process.Id;

    /// <summary>Everything it printed.</summary>
    public string Output => string.Join('\n', _lines);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}

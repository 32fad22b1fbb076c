using System.Collections.Concurrent;
using System.Diagnostics;
using Gateway.Specs.Support.Network;
using Xunit;

namespace Gateway.Specs.Support;

/// <summary>One of our own executables, as its own process, with all it prints. Killed at the end.</summary>
public sealed class SpecProcess : IAsyncDisposable
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    readonly Process _process;

    readonly ConcurrentQueue<string> _lines = new();

    SpecProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
    }

    /// <summary>Standard output and error, in the order of arrival.</summary>
    public string Output => string.Join('\n', _lines);

    public bool HasExited => _process.HasExited;

    public int Id => _process.Id;

    /// <summary>
    /// Starts <c>name.dll</c> of the specs' output folder with these variables added to the environment.
    /// </summary>
    public static SpecProcess Start(
        string name, string directory, IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        StartOn(null, name, directory, environment, arguments);

    /// <summary>The same on a host of a spec's own network; null: on this machine itself.</summary>
    internal static SpecProcess StartOn(
        NetworkHost? host, string name, string directory, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        string[] command = [.. host?.Entering ?? [], "dotnet", Path.Combine(AppContext.BaseDirectory, $"{name}.dll"), .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var (variable, value) in environment) start.Environment[variable] = value;
        var process = new SpecProcess(new Process { StartInfo = start });
        process._process.Start();
        process._process.BeginOutputReadLine();
        process._process.BeginErrorReadLine();
        return process;
    }

    /// <summary>Waits until the process printed this; false when it ended first.</summary>
    public async Task<bool> PrintsAsync(string text)
    {
        await Eventually.TrueAsync(() => Output.Contains(text, StringComparison.Ordinal) || HasExited, s_patience);
        return Output.Contains(text, StringComparison.Ordinal);
    }

    /// <summary>Waits for its end and returns the exit code.</summary>
    public async Task<int> ExitAsync()
    {
        using var late = new CancellationTokenSource(s_patience);
        await _process.WaitForExitAsync(late.Token);
        return _process.ExitCode;
    }

    /// <summary>Asks it to end as a supervisor does, and returns the exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        await SignalAsync("TERM");
        return await ExitAsync();
    }

    /// <summary>Sends it a signal: after <c>STOP</c> its connections stay, and nothing comes from it any more until <c>CONT</c>.</summary>
    public async Task SignalAsync(string signal) => Assert.Equal(0, (await Tool.RunAsync("kill", $"-{signal}", $"{Id}")).ExitCode);

    /// <summary>Ends it without notice, as a power failure does.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await ExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!HasExited) await KillAsync();
        _process.Dispose();
    }

    void Keep(string? line)
    {
        if (line is not null) _lines.Enqueue(line);
    }
}

using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Gateway.Benchmarks.Machine;

namespace Gateway.Benchmarks.Relays;

/// <summary>A relay's process. Its last lines of output are kept, to explain a start that failed.</summary>
sealed class RunningProgram : IAsyncDisposable
{
    const int KeptLines = 20;

    // Eight nodes that start at once on two cores take most of it.
    static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(90);
    static readonly TimeSpan s_stopLimit = TimeSpan.FromSeconds(10);
    static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(50);

    readonly Process _process;
    readonly Queue<string> _lines = new();

    RunningProgram(Process process) => _process = process;

    public ProcessTree Tree => new(_process.Id);

    public static RunningProgram Start(
        string program, IEnumerable<string> arguments, string directory, params IEnumerable<KeyValuePair<string, string>> environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var running = new RunningProgram(new Process { StartInfo = start });
        running._process.OutputDataReceived += (_, line) => running.Keep(line.Data);
        running._process.ErrorDataReceived += (_, line) => running.Keep(line.Data);
        running._process.Start();
        running._process.BeginOutputReadLine();
        running._process.BeginErrorReadLine();
        return running;
    }

    /// <summary>The full path of an installed program, or null. Daemons live in sbin, which is not on everybody's PATH.</summary>
    public static string? Find(string name) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/usr/local/sbin".Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(d => Path.Combine(d, name)).FirstOrDefault(File.Exists);

    /// <summary>The first line a program prints when asked for its version, on either stream.</summary>
    public static async Task<string> VersionOf(string program, string argument, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(program, [argument]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start) ?? throw new Win32Exception($"{program} did not start");
        var error = process.StandardError.ReadToEndAsync(cancel);
        var text = await process.StandardOutput.ReadToEndAsync(cancel) + await error;
        return text.Split('\n')[0].Trim();
    }

    /// <summary>Waits until something accepts connections on the port.</summary>
    public Task ListensOn(int port, CancellationToken cancel) => Becomes(async () =>
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await probe.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancel);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }, cancel);

    /// <summary>
    /// Waits until the condition holds; throws <see cref="RelayStartException"/> when the process ends or a minute and a half passes first.
    /// </summary>
    public async Task Becomes(Func<Task<bool>> ready, CancellationToken cancel)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await ready())
        {
            if (_process.HasExited) throw new RelayStartException($"it ended with exit code {_process.ExitCode}: {Output()}");
            if (Stopwatch.GetElapsedTime(started) > s_startLimit) throw new RelayStartException($"it was not ready in time: {Output()}");
            await Task.Delay(s_poll, cancel);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) Process.Start("kill", ["-TERM", $"{_process.Id}"]).Dispose();
        using var limit = new CancellationTokenSource(s_stopLimit);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    void Keep(string? line)
    {
        if (line is null) return;
        lock (_lines)
        {
            _lines.Enqueue(line);
            if (_lines.Count > KeptLines) _lines.Dequeue();
        }
    }

    string Output()
    {
        lock (_lines) return _lines.Count == 0 ? "it printed nothing" : string.Join(" | ", _lines);
    }
}

/// <summary>A relay could not be started; the message says why. The others are measured all the same.</summary>
sealed class RelayStartException(string message) : Exception(message);

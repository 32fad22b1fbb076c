using System.Diagnostics;

namespace Gateway.Specs.Support;

/// <summary>mosquitto_pub and mosquitto_sub, as people type them.</summary>
sealed class MqttTool(int port, string authorityFile, string token)
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    public Task<ToolRun> PublishAsync(string version, int qos, string topic, string message) =>
        RunAsync("mosquitto_pub", "-V", version, "-q", $"{qos}", "-t", topic, "-m", message);

    /// <summary>Waits for so many messages.</summary>
    public Task<ToolRun> SubscribeAsync(string version, int qos, string topic, int messages) =>
        RunAsync("mosquitto_sub", "-V", version, "-q", $"{qos}", "-t", topic, "-C", $"{messages}", "-W", "15", "-v", "-d");

    async Task<ToolRun> RunAsync(string tool, params string[] arguments)
    {
        string[] common = ["-h", "localhost", "-p", $"{port}", "--cafile", authorityFile, "-u", "anybody", "-P", token];
        using var process = Process.Start(
            new ProcessStartInfo(Tool.Path(tool), [.. common, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var late = new CancellationTokenSource(s_patience);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(late.Token), process.StandardError.ReadToEndAsync(late.Token));
        await process.WaitForExitAsync(late.Token);
        return new ToolRun(process.ExitCode, await output + await errors);
    }
}

/// <summary>How a program ended and all that it printed.</summary>
sealed record ToolRun(int ExitCode, string Output);

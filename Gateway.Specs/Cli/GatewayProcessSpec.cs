using System.Diagnostics;
using Gateway.Actors.Record;
using Gateway.Cli;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Cli;

/// <summary>The real command in a process of its own: what only a process has.</summary>
public sealed class GatewayProcessSpec : IAsyncLifetime, IDisposable
{
    static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(60);

    readonly ConfigurationFolder _folder = new();
    readonly SealKey _key = SealKey.Ephemeral();
    AdminHost _host = null!;

    [Fact]
    public async Task Redirected_output_has_no_colours_and_the_token_is_nowhere_in_it()
    {
        using var gateway = Start("sessions", "list");

        var output = await gateway.StandardOutput.ReadToEndAsync().WaitAsync(s_deadline);
        var error = await gateway.StandardError.ReadToEndAsync().WaitAsync(s_deadline);

        Assert.Contains("münchen-42", output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', output);
        Assert.Equal("", error);
        await gateway.WaitForExitAsync().WaitAsync(s_deadline);
        Assert.Equal(ExitCode.Ok, gateway.ExitCode);
    }

    [Fact]
    public async Task A_reader_that_leaves_ends_the_command_quietly()
    {
        if (OperatingSystem.IsWindows()) return;
        using var gateway = Start("sessions", "list");

        gateway.StandardOutput.Close();
        var error = await gateway.StandardError.ReadToEndAsync().WaitAsync(s_deadline);

        Assert.Equal("", error);
        await gateway.WaitForExitAsync().WaitAsync(s_deadline);
        Assert.Equal(ExitCode.BrokenPipe, gateway.ExitCode);
    }

    [RequiresFact("sh")]
    public async Task Commands_that_share_a_file_write_one_after_the_other()
    {
        var file = _folder.PathOf("shared.txt");
        var command = $"dotnet '{typeof(CommandLine).Assembly.Location}' --version";

        using var shell = Process.Start(Tool.Path("sh"), ["-c", $"{{ echo before; {command}; {command}; echo after; }} > '{file}'"]);
        await shell.WaitForExitAsync().WaitAsync(s_deadline);

        var lines = await File.ReadAllLinesAsync(file);
        Assert.Equal(("before", "after", 4), (lines[0], lines[^1], lines.Length));
    }

    [RequiresFact("kill", "env")]
    public async Task Ctrl_C_ends_a_slow_replay_quietly()
    {
        // At a millionth of the recorded pace the pieces are minutes and hours apart.
        // Whoever runs the specs in the background has had Ctrl-C ignored, which is passed on to every process below: env takes that back.
        using var gateway = Run(
            Tool.Path("env"),
            [
                "--default-signal=INT", "dotnet", typeof(CommandLine).Assembly.Location,
                "sessions", "replay", SampleSession.Id, "--pace", "0.000001", "--decode", "text",
            ]);
        var first = await gateway.StandardOutput.ReadLineAsync().WaitAsync(s_deadline);

        using (var interrupt = Process.Start(Tool.Path("kill"), ["-INT", $"{gateway.Id}"])) await interrupt.WaitForExitAsync();
        var error = await gateway.StandardError.ReadToEndAsync().WaitAsync(s_deadline);

        Assert.EndsWith("->       5", first, StringComparison.Ordinal);
        Assert.Equal("", error);
        await gateway.WaitForExitAsync().WaitAsync(s_deadline);
        Assert.Equal(ExitCode.Interrupted, gateway.ExitCode);
    }

    public async Task InitializeAsync() => _host = await AdminHost.StartAsync(SampleCluster.OfThree(_key), _key);

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        _folder.Dispose();
    }

    public void Dispose() => _key.Dispose();

    Process Start(params string[] args) => Run("dotnet", [typeof(CommandLine).Assembly.Location, .. args]);

    Process Run(string program, string[] args)
    {
        var start = new ProcessStartInfo(program, args)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["GATEWAY_NODE"] = _host.Url.GetLeftPart(UriPartial.Authority),
                ["GATEWAY_CA"] = _folder.Write("ca.crt", _host.Authorities.Single().ExportCertificatePem()),
                ["GATEWAY_TOKEN"] = "auditor",
            },
        };
        return Process.Start(start)!;
    }
}

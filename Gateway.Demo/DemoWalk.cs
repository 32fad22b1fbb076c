using System.Diagnostics;
using Gateway.Actors.Hosting;
using Gateway.Cli;
using Gateway.Node;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Demo;

/// <summary>The walk through a gateway: start it, stream through it, look at what was recorded.</summary>
sealed class DemoWalk(DemoFolder folder, DemoSurroundings surroundings, WebApplication node, TextWriter output, CancellationToken cancel)
{
    const int Readings = 5;

    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>Returns 0 when every step passed, or was interrupted after the walk.</summary>
    public static async Task<int> RunAsync(bool isOnce, TextWriter output, CancellationToken cancel)
    {
        var clock = Stopwatch.StartNew();
        using var folder = new DemoFolder();
        await using var surroundings = await DemoSurroundings.StartAsync(folder, TimeProvider.System);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = folder.Root });
        var configuration = NodeConfiguration.Read(builder.Configuration, folder.Root);
        if (configuration.Faults.Count > 0) throw new InvalidOperationException(string.Join('\n', configuration.Faults));
        using var opened = await OpenedNode.OpenAsync(configuration.Options, configuration.Connections, TimeProvider.System, NullLoggerFactory.Instance, cancel);
        await using var node = NodeHost.Build(builder, opened);
        await node.StartAsync(cancel);
        try
        {
            var walk = new DemoWalk(folder, surroundings, node, output, cancel);
            await walk.WalkAsync(clock);
            if (!isOnce) await walk.ServeAsync();
            return 0;
        }
        catch (DemoStepFailedException e)
        {
            await output.WriteLineAsync($"\nFAILED: {e.Message}");
            return 1;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return 0;
        }
        finally
        {
            using var limit = new CancellationTokenSource(s_patience);
            await node.StopAsync(limit.Token);
        }
    }

    string NodeAuthority => folder.PathOf("data/ca.crt");

    string AdminUrl => $"https://localhost:{new Uri(node.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port}";

    async Task WalkAsync(Stopwatch clock)
    {
        Step("A gateway node is up: SQLite journal, its own certificate authority, one MQTT connection and one for raw streams.");
        await WhenReadyAsync();
        Say($"   configuration and data: {folder.Root}");

        Step("An MQTT client logs in with a token of the issuer, over TLS, publishes and subscribes. The broker's password is not among what it knows.");
        var readings = await ReportAsync();
        Say($"   {readings.Count} readings went through the gateway to the broker and back: {string.Join(", ", readings)}");

        Step("A client without a valid token gets no further than the login.");
        await RefusedAsync();

        Step("An auditor lists the sessions,");
        await GatewayAsync("sessions", "list");
        var session = await EndedSessionAsync();

        Step("replays what the sensor sent and received, as packets in the order they passed,");
        await GatewayAsync("sessions", "replay", session);

        Step("and verifies that nothing in the recording was changed, dropped or cut off.");
        await GatewayAsync("sessions", "verify", session);
        Say($"\nEvery step passed, {clock.Elapsed.TotalSeconds:0.0} s after the start.");
    }

    async Task ServeAsync()
    {
        Say(DemoCommands.For(folder, surroundings, AdminUrl, Port("telemetry"), Port("camera")));
        await Task.Delay(Timeout.InfiniteTimeSpan, cancel);
    }

    async Task<IReadOnlyList<string>> ReportAsync()
    {
        var readings = await Sensor.ReportAsync(Port("telemetry"), NodeAuthority, surroundings.SensorToken(), Readings, cancel);
        return readings.Count == Readings ? readings : throw new DemoStepFailedException($"{readings.Count} of {Readings} readings came back");
    }

    async Task RefusedAsync()
    {
        try
        {
            await Sensor.ReportAsync(Port("telemetry"), NodeAuthority, "not-a-token", 1, cancel);
        }
        catch (LoginRefusedException e)
        {
            Say($"   {e.Message}");
            return;
        }

        throw new DemoStepFailedException("a client without a token was let in");
    }

    async Task<string> EndedSessionAsync()
    {
        var archive = node.Services.GetRequiredService<Actors.Replay.ISessionArchive>();
        var rows = await archive.ListAsync(new Actors.Record.SessionFilter { Connection = "telemetry", Subject = "sensor-7", Open = false }, cancel);
        return rows is [var row, ..] ? row.SessionId : throw new DemoStepFailedException("the sensor's session is not in the list");
    }

    async Task WhenReadyAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        var started = Stopwatch.StartNew();
        while (node.Services.GetServices<IReadiness>().SelectMany(r => r.Checks).FirstOrDefault(check => !check.Ok) is { } failing)
        {
            if (started.Elapsed > s_patience) throw new DemoStepFailedException($"the node is not ready: {failing.Name}: {failing.Problem}");
            await timer.WaitForNextTickAsync(cancel);
        }
    }

    async Task GatewayAsync(params string[] command)
    {
        string[] whole = [.. command, "--node", AdminUrl, "--ca", NodeAuthority, "--token-file", surroundings.AuditorTokenFile];
        Say($"$ gateway {string.Join(' ', command)}");
        var errors = new StringWriter();
        var code = await CommandLine.RunAsync(whole, new CliOutput(output, errors), _ => null, cancel);
        if (code != 0) throw new DemoStepFailedException($"gateway {string.Join(' ', command)} ended with {code}: {errors}");
    }

    int Port(string connection) => node.Services.GetRequiredService<IConnections>().All.Single(c => c.Name == connection).Listen.Port;

    void Step(string what) => output.WriteLine($"\n== {what}");

    void Say(string what) => output.WriteLine(what);
}

/// <summary>A step of the walk did not do what it shows.</summary>
sealed class DemoStepFailedException(string message) : Exception(message);

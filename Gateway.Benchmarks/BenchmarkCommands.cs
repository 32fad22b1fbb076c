using System.CommandLine;
using Gateway.Benchmarks.Gate;
using Gateway.Benchmarks.Micro;
using Gateway.Benchmarks.Relays;
using Gateway.Benchmarks.Report;
using Gateway.Benchmarks.Scale;

namespace Gateway.Benchmarks;

/// <summary>The commands of <c>gateway-benchmarks</c>.</summary>
static class BenchmarkCommands
{
    const string NodePath = "Gateway.Node/bin/Release/net10.0/gateway-node";
    const string LighthousePath = "Gateway.Lighthouse/bin/Release/net10.0/gateway-lighthouse";

    public static RootCommand All() => new("Measures the gateway against its peers.") { Relay(), Scale(), Micro(), Gate(), Backend() };

    static Command Relay()
    {
        var quick = new Option<bool>("--quick") { Description = "Two rounds of a quarter of the work, a few minutes." };
        var rounds = new Option<int?>("--rounds") { Description = "How often every load is repeated; 5 unless said." };
        var only = new Option<string[]>("--only")
        {
            Description = "Measures whose identifier starts so, such as upload or roundtrip-64.",
            AllowMultipleArgumentsPerToken = true,
        };
        var relays = new Option<string[]>("--relays")
        {
            Description = $"Any of nginx, haproxy, {string.Join(", ", GatewayFlavour.All.Select(f => f.Name))}, direct.",
            AllowMultipleArgumentsPerToken = true,
        };
        var idle = new Option<int?>("--idle") { Description = "Idle sessions; 2,000 unless said. A relay needs two descriptors for each." };
        var random = new Option<bool>("--random")
        {
            Description = "Random bytes instead of readings in text: recordings do not compress. Kafka's records stay JSON.",
        };
        var node = new Option<string?>("--node") { Description = $"The gateway's executable; {NodePath} unless said." };
        var command = new Command("relay", "Compares the gateway with nginx and HAProxy.")
        {
            quick, rounds, only, relays, idle, random, node,
        };
        command.SetAction((parsed, cancel) =>
        {
            var settings = new RelaySettings { GatewayExecutable = parsed.GetValue(node) ?? Path.Combine(Repository.Root, NodePath) };
            if (parsed.GetValue(quick)) settings = settings.Quick();
            return Compare(settings with
            {
                CommandLine = string.Join(' ', (string[])["./build.sh bench", .. parsed.Tokens.Select(t => t.Value)]),
                Rounds = parsed.GetValue(rounds) ?? settings.Rounds,
                Only = parsed.GetValue(only) ?? [],
                Relays = parsed.GetValue(relays) ?? [],
                IdleSessions = parsed.GetValue(idle) ?? settings.IdleSessions,
                RandomPayload = parsed.GetValue(random),
            }, isWhole: parsed.Tokens.Count == 1, cancel);
        });
        return command;
    }

    static Command Scale()
    {
        var quick = new Option<bool>("--quick") { Description = "A fifth of the sessions and the time, and few nodes: to see whether it works." };
        var command = new Command("scale", "Costs of one node against its sessions, and of a cluster against its nodes.") { quick };
        command.SetAction(async (parsed, cancel) =>
        {
            var (settings, isWhole) = (new ScaleSettings(), !parsed.GetValue(quick));
            if (!isWhole) settings = settings.Quick();
            var executables = new Executables(Path.Combine(Repository.Root, NodePath), Path.Combine(Repository.Root, LighthousePath));
            var results = await new ScaleBenchmark(settings, executables, TimeProvider.System, Console.Error).Run(cancel);
            Console.WriteLine(ScalePage.Render(results));
            Console.WriteLine(ResultFiles.WriteJson(results, Repository.Root, "scale"));
            if (isWhole)
                Console.WriteLine(ResultFiles.WritePage(ScalePage.Render(results), ScalePage.Plots(results), Repository.Root, ResultFiles.Scale));
            return results.Absent.Count == 0 ? 0 : 1;
        });
        return command;
    }

    static Command Micro()
    {
        var arguments = new Argument<string[]>("arguments") { Description = "BenchmarkDotNet's own options." };
        var command = new Command("micro", "Times the small paths and counts what they allocate.") { arguments };
        command.SetAction(parsed => HotPathBenchmarks.Run(parsed.GetValue(arguments) ?? []));
        return command;
    }

    static Command Gate()
    {
        var command = new Command("gate", "Fails where a steady path allocates or the gateway costs far more than nginx.");
        command.SetAction((_, cancel) => GateRun.Run(Path.Combine(Repository.Root, NodePath), Console.Out, cancel));
        return command;
    }

    static Command Backend()
    {
        var certificates = new Argument<string>("certificates");
        var command = new Command("backend", "The upstream of the compared relays.") { certificates };
        command.Hidden = true;
        command.SetAction(parsed => Gateway.Benchmarks.Load.Backend.Run(parsed.GetRequiredValue(certificates)));
        return command;
    }

    /// <summary>Only a whole run is worth the page; every run leaves its samples in artifacts.</summary>
    static async Task<int> Compare(RelaySettings settings, bool isWhole, CancellationToken cancel)
    {
        var results = await new RelayBenchmark(settings, TimeProvider.System, Console.Error).Run(cancel);
        Console.WriteLine(RatioTable.Render(results));
        Console.WriteLine(AddedTime.Render(results));
        Console.WriteLine(DiskTable.Render(results));
        foreach (var absent in results.Absent) Console.WriteLine($"Not measured: {absent}");
        Console.WriteLine(ResultFiles.WriteJson(results, Repository.Root, "relay"));
        if (isWhole) Console.WriteLine(ResultFiles.WritePage(ResultPage.Render(results), ResultPage.Plots(results), Repository.Root, ResultFiles.Relay));
        return results.Absent.Count == 0 ? 0 : 1;
    }
}

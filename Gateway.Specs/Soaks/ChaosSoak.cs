using System.Net;
using Gateway.Specs.Promises;
using Gateway.Specs.Support;
using Gateway.Specs.Support.Network;
using Xunit;

namespace Gateway.Specs.Soaks;

/// <summary>A cluster to which one fault after the other happens under traffic; docs/reliability.md is what came of it.</summary>
[Collection(nameof(OwnCluster))]
public sealed class ChaosSoak
{
    /// <summary>Part of the faults' names; without it all of them happen, and the document is written anew.</summary>
    static readonly string s_only = Environment.GetEnvironmentVariable("GATEWAY_CHAOS_ONLY") ?? "";

    [OnDemandFact("chaos", "postgres", "mosquitto", WallClock.Package, "prlimit", "mount", "ip", Requirement.Root)]
    public async Task Every_fault_costs_what_was_promised_and_no_more()
    {
        var login = FreePort.Next();
        var plans = NodePlan.AtOnePort(3).Select(plan => plan with { Connections = Login(plan.Address.Address, login) });
        var rows = new List<ChaosRow>();
        await TryAllAsync(
            new TestCluster { Plans = [.. plans] }, bed => [.. DeathFaults.Of(bed), .. CrowdFaults.Of(bed, login), .. DiskFaults.Of()], rows);
        var apart = new TestCluster { Plans = [.. NodePlan.AtOnePort(3)] };
        await TryAllAsync(apart, NetworkFaults.Of, rows, async () => apart.Network = await SpecNetwork.BuildAsync(apart.Plans.Count + 1));
        await using var clocks = new ClockFaults();
        await TryAllAsync(clocks.Cluster, clocks.Of, rows, clocks.PrepareAsync);

        var table = ChaosRow.Table(rows);
        Directory.CreateDirectory(Repository.File("artifacts/chaos"));
        await File.WriteAllTextAsync(Repository.File("artifacts/chaos/table.md"), table);
        Assert.True(rows.Count > 0, $"no fault is called so: {s_only}");
        Assert.True(rows.TrueForAll(row => row.Broken is null), table);
        if (s_only.Length > 0) return;
        var document = Repository.File("docs/reliability.md");
        await File.WriteAllTextAsync(document, ChaosRow.Put(table, await File.ReadAllTextAsync(document)));
    }

    static async Task TryAllAsync(
        TestCluster cluster, Func<ChaosBed, IEnumerable<(string Fault, Func<Task<ChaosRow>> Happen)>> faults, List<ChaosRow> rows, Func<Task>? prepare = null)
    {
        var chosen = faults(new ChaosBed(cluster)).Where(fault => fault.Fault.Contains(s_only, StringComparison.OrdinalIgnoreCase)).ToArray();
        if (chosen.Length == 0) return;
        try
        {
            if (prepare is not null) await prepare();
            await cluster.InitializeAsync();
            foreach (var (fault, happen) in chosen) rows.Add(await TryAsync(fault, happen, cluster));
        }
        finally
        {
            await cluster.DisposeAsync();
        }
    }

    // The others are tried all the same.
    static async Task<ChaosRow> TryAsync(string fault, Func<Task<ChaosRow>> happen, TestCluster cluster)
    {
        try
        {
            return await happen() with { Fault = fault };
        }
        catch (Exception broken)
        {
            var folder = Directory.CreateDirectory(Repository.File($"artifacts/chaos/{fault.Replace(' ', '-')}")).FullName;
            foreach (var (node, i) in cluster.Nodes.Select((node, i) => (node, i)))
            {
                var said = $"{node.Process.Output}\n{(node.Process.HasExited ? "It has ended." : "It runs.")}\n";
                await File.WriteAllTextAsync(Path.Combine(folder, $"gw-{i + 1}.log"), said);
            }

            return new ChaosRow(fault, "", "", default, null, $"{broken.GetType().Name}: {broken.Message} {broken.StackTrace}");
        }
    }

    // Whoever is to log in there never comes so far.
    static string Login(IPAddress address, int port) => $$"""

        ---
        apiVersion: gateway/v1
        kind: Connection
        metadata: { name: telemetry }
        spec:
          protocol: mqtt
          listen: { address: {{address}}, port: {{port}} }
          upstream: { host: 127.0.0.1, port: 1, tls: { serverName: localhost, authorities: upstream.crt } }
          access: { issuers: [main], groups: [admins] }
        """;
}

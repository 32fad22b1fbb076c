using System.Net;
using Gateway.Specs.Promises;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Soaks;

/// <summary>A cluster to which one fault after the other happens under traffic; docs/reliability.md is what came of it.</summary>
[Collection(nameof(OwnCluster))]
public sealed class ChaosSoak
{
    [OnDemandFact("chaos", "postgres", "prlimit", "mount", Requirement.Root)]
    public async Task Every_fault_costs_what_was_promised_and_no_more()
    {
        var login = FreePort.Next();
        var plans = NodePlan.AtOnePort(3).Select(plan => plan with { Connections = Login(plan.Address.Address, login) });
        var cluster = new TestCluster { Plans = [.. plans] };
        await cluster.InitializeAsync();
        var rows = new List<ChaosRow>();
        try
        {
            var bed = new ChaosBed(cluster);
            foreach (var (fault, happen) in DeathFaults.Of(bed).Concat(CrowdFaults.Of(bed, login)).Concat(DiskFaults.Of()))
                rows.Add(await TryAsync(fault, happen, cluster));
        }
        finally
        {
            await cluster.DisposeAsync();
        }

        var table = ChaosRow.Table(rows);
        Directory.CreateDirectory(Repository.File("artifacts/chaos"));
        await File.WriteAllTextAsync(Repository.File("artifacts/chaos/table.md"), table);
        Assert.True(rows.TrueForAll(row => row.Broken is null), table);
        var document = Repository.File("docs/reliability.md");
        await File.WriteAllTextAsync(document, ChaosRow.Put(table, await File.ReadAllTextAsync(document)));
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

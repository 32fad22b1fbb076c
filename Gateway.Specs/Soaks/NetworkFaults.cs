using System.Diagnostics;
using System.Globalization;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Soaks;

/// <summary>Hosts of a cluster that do not reach each other, or late. Clients, upstream and database are where they were, unless it is said.</summary>
static class NetworkFaults
{
    const int Sessions = 4;

    static readonly TimeSpan s_outage = TimeSpan.FromSeconds(30);
    static readonly TimeSpan s_delay = TimeSpan.FromMilliseconds(200);

    public static IEnumerable<(string Fault, Func<Task<ChaosRow>> Happen)> Of(ChaosBed bed) =>
    [
        ($"a node is cut off from all members for {s_outage.TotalSeconds} s, not from the database", () => CutOffAsync(bed, database: true)),
        ($"a node is cut off from all members and from the database for {s_outage.TotalSeconds} s", () => CutOffAsync(bed, database: false)),
        ($"what a node sends to other members is lost for {s_outage.TotalSeconds} s, what they send arrives", () => CutOffAsync(bed, database: true, bothWays: false)),
        ($"two nodes do not reach each other for {s_outage.TotalSeconds} s; both reach the third, the lighthouse and the database", () => PartialAsync(bed)),
        ($"packets between members take {s_delay.TotalMilliseconds} ms more each way for {s_outage.TotalSeconds} s", () => DelayedAsync(bed)),
    ];

    static async Task<ChaosRow> CutOffAsync(ChaosBed bed, bool database, bool bothWays = true)
    {
        var (index, network) = (bed.IndexOf(keeper: false), bed.Cluster.Network!);
        var (lone, other) = (bed.Cluster.Nodes[index], bed.Cluster.Nodes[(index + 1) % 3]);
        var (theirs, others) = (await bed.StreamAsync(lone, Sessions), await bed.StreamAsync(other, 2));

        for (var i = 0; i < network.Hosts.Count; i++)
        {
            network.Cables.Cut(index, i);
            if (bothWays) network.Cables.Cut(i, index);
        }

        network.Hosts[index].ReachDatabase(database);
        var clock = Stopwatch.StartNew();
        await bed.VisitAsync(other);
        await ChaosBed.EndedAsync(theirs);
        var ended = clock.Elapsed;
        var (endings, lost) = await bed.SealedAsync(theirs, other, "node-lost", "drained");
        var recovered = clock.Elapsed;
        await Eventually.TrueAsync(() => clock.Elapsed > s_outage, 2 * s_outage);
        Heal(bed);
        // It has found itself in the minority, and ended for its supervisor to start it again.
        await lone.Process.ExitAsync();
        await bed.LeaveAsync(others, other);
        await bed.Cluster.ReplaceAsync(index);
        await bed.WholeAsync();
        return new ChaosRow(
            "", $"its sessions end after {Seconds(ended)}, because it leaves; other nodes' go on and take new ones", $"{Words(endings)}, verified", recovered, lost);
    }

    static async Task<ChaosRow> PartialAsync(ChaosBed bed)
    {
        var keeper = bed.IndexOf(keeper: true);
        var (one, two) = ((keeper + 1) % 3, (keeper + 2) % 3);
        var nodes = bed.Cluster.Nodes;
        var theirs = new[] { await bed.StreamAsync(nodes[one], Sessions), await bed.StreamAsync(nodes[two], Sessions) };
        var others = await bed.StreamAsync(nodes[keeper], 2);

        var cables = bed.Cluster.Network!.Cables;
        cables.Cut(one, two);
        cables.Cut(two, one);
        var clock = Stopwatch.StartNew();
        await bed.VisitAsync(nodes[keeper]);
        // Whoever is left reaches everybody who is left.
        var seen = "";
        await Eventually.AssertAsync(
            async () =>
            {
                seen = await ChaosBed.StatesAsync(nodes[keeper]);
                Assert.DoesNotContain("unreachable", seen, StringComparison.Ordinal);
                Assert.False(IsIn(seen, one) && IsIn(seen, two), $"neither of the two has left: {seen}");
            },
            ChaosBed.Patience);
        int[] left = [.. new[] { one, two }.Where(i => !IsIn(seen, i))];
        foreach (var i in left) await nodes[i].Process.ExitAsync();
        var gone = theirs.Where((_, i) => left.Contains(i == 0 ? one : two)).SelectMany(clients => clients).ToArray();
        var stayed = theirs.SelectMany(clients => clients).Except(gone).ToArray();
        await ChaosBed.EndedAsync(gone);
        var (endings, lost) = await bed.SealedAsync(gone, nodes[keeper], "node-lost", "drained");
        var recovered = clock.Elapsed;
        await Eventually.TrueAsync(() => clock.Elapsed > s_outage, 2 * s_outage);
        Heal(bed);
        await bed.LeaveAsync([.. others, .. stayed], nodes[keeper]);
        foreach (var i in left) await bed.Cluster.ReplaceAsync(i);
        await bed.WholeAsync();
        var who = left.Length == 2 ? "both leave and their sessions end" : "one of them leaves and its sessions end, the other's go on";
        return new ChaosRow("", $"{who}; the third's go on and take new ones", $"{Words(endings)}, verified", recovered, lost);
    }

    static async Task<ChaosRow> DelayedAsync(ChaosBed bed)
    {
        var clients = new List<ChaosClient>();
        foreach (var node in bed.Cluster.Nodes) clients.AddRange(await bed.StreamAsync(node, 2));

        bed.Cluster.Network!.Cables.Delay = s_delay;
        var clock = Stopwatch.StartNew();
        var served = TimeSpan.Zero;
        while (clock.Elapsed < s_outage)
        {
            foreach (var node in bed.Cluster.Nodes)
            {
                var began = clock.Elapsed;
                await bed.VisitAsync(node);
                served = TimeSpan.FromTicks(Math.Max(served.Ticks, (clock.Elapsed - began).Ticks));
            }
        }

        Assert.All(bed.Cluster.Nodes, node => Assert.False(node.Process.HasExited, "a node was removed that was only late"));
        await bed.WholeAsync();
        Heal(bed);
        await bed.LeaveAsync(clients, bed.Cluster.Nodes[0]);
        return new ChaosRow("", $"sessions go on; new ones are served within {Seconds(served)}", "all of them, verified", TimeSpan.Zero, null);
    }

    static bool IsIn(string states, int node) => states.Contains($"gw-{node + 1} ", StringComparison.Ordinal);

    static void Heal(ChaosBed bed)
    {
        bed.Cluster.Network!.Cables.Heal();
        foreach (var host in bed.Cluster.Network.Hosts.SkipLast(1)) host.ReachDatabase(true);
    }

    static string Words(IEnumerable<string> endings) => string.Join(" or ", endings.Order(StringComparer.Ordinal).Select(ending => $"`{ending}`"));

    static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");
}

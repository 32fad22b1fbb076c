using System.Diagnostics;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Soaks;

/// <summary>Parts of the cluster die or fall silent.</summary>
static class DeathFaults
{
    const int Sessions = 4;

    static readonly TimeSpan s_silence = TimeSpan.FromSeconds(20);
    static readonly TimeSpan s_outage = TimeSpan.FromSeconds(30);

    public static IEnumerable<(string Fault, Func<Task<ChaosRow>> Happen)> Of(ChaosBed bed) =>
    [
        ("a node is killed", () => NodeKilledAsync(bed, keeper: false)),
        ("the node with the cluster's singletons is killed", () => NodeKilledAsync(bed, keeper: true)),
        ("the only lighthouse is killed, and started again", () => LighthouseKilledAsync(bed)),
        ($"the database is killed, and started again after {s_outage.TotalSeconds} s", () => DatabaseAwayAsync(bed)),
        ($"a node stands still for {s_silence.TotalSeconds} s (SIGSTOP)", () => NodeSilentAsync(bed)),
    ];

    static async Task<ChaosRow> NodeKilledAsync(ChaosBed bed, bool keeper)
    {
        var index = bed.IndexOf(keeper);
        var (doomed, other) = (bed.Cluster.Nodes[index], bed.Cluster.Nodes[(index + 1) % 3]);
        var (theirs, others) = (await bed.StreamAsync(doomed, Sessions), await bed.StreamAsync(other, 2));

        await doomed.Process.KillAsync();
        var clock = Stopwatch.StartNew();

        await bed.VisitAsync(other);
        var again = clock.Elapsed;
        await ChaosBed.EndedAsync(theirs);
        var lost = await bed.SealedAsync(theirs, other, "node-lost");
        var recovered = clock.Elapsed;
        if (keeper) await Eventually.TrueAsync(() => bed.Cluster.Nodes.Exists(node => node != doomed && ChaosBed.Keeps(node)));
        await bed.LeaveAsync(others, other);
        await bed.Cluster.ReplaceAsync(index);
        return new ChaosRow(
            "", $"its sessions end; a new one through another node is served {Seconds(again)} later; other nodes' sessions go on",
            "`node-lost`, verified", recovered, lost);
    }

    static async Task<ChaosRow> LighthouseKilledAsync(ChaosBed bed)
    {
        var node = bed.Cluster.Nodes[0];
        var clients = await bed.StreamAsync(node, Sessions);

        await bed.Cluster.Lighthouse.Process.KillAsync();
        foreach (var each in bed.Cluster.Nodes) await bed.VisitAsync(each);

        await bed.Cluster.StartLighthouseAgainAsync();
        var clock = Stopwatch.StartNew();
        var newcomer = await bed.Cluster.JoinAsync("gw-new");
        var recovered = clock.Elapsed;
        Assert.Contains("gw-new", (await node.GatewayAsync("nodes")).Output, StringComparison.Ordinal);
        foreach (var each in bed.Cluster.Nodes) await bed.VisitAsync(each);
        await newcomer.GatewayAsync("node", "drain");
        Assert.Equal(0, await newcomer.Process.ExitAsync());
        bed.Cluster.Nodes.Remove(newcomer);
        await newcomer.DisposeAsync();
        await bed.LeaveAsync(clients, node);
        return new ChaosRow("", "nothing; new sessions are served too", "nothing", recovered, null);
    }

    static async Task<ChaosRow> DatabaseAwayAsync(ChaosBed bed)
    {
        var node = bed.Cluster.Nodes[0];
        var clients = await bed.StreamAsync(node, Sessions);

        await bed.Cluster.Postgres.KillAsync();
        var away = Stopwatch.StartNew();
        var sent = clients.Sum(client => client.Sent);
        await Eventually.TrueAsync(() => away.Elapsed > s_outage, 2 * s_outage);
        var meanwhile = (clients.Sum(client => client.Sent) - sent) / Sessions;
        Assert.True(meanwhile <= ChaosBed.Window, $"{meanwhile} bytes of a session passed unrecorded");
        await bed.Cluster.Postgres.StartAgainAsync();
        var clock = Stopwatch.StartNew();

        await Eventually.AssertAsync(async () => Assert.Null(await Xunit.Record.ExceptionAsync(() => bed.VisitAsync(node))), ChaosBed.Patience);
        var recovered = clock.Elapsed;
        var ended = clients.Count(client => client.HasEnded);
        // Some may wait while others end: which comes first is the database's doing.
        clients = [.. clients.OrderByDescending(client => client.HasEnded)];
        foreach (var client in clients) await client.DisposeAsync();
        var lost = await bed.SealedAsync(clients.Take(ended), node, "refused");
        lost = Math.Max(lost, await bed.SealedAsync(clients.Skip(ended), node, "closed-by-client"));
        var made = clock.Elapsed;
        Assert.Superset(clients.Take(ended).Select(client => client.Session).ToHashSet(), (await ChaosBed.RefusedAsync(node, "recording-failed")).ToHashSet());
        foreach (var each in bed.Cluster.Nodes) await each.ReadyAsync();
        return new ChaosRow(
            "",
            $"{Ending(ended)}, rather than go on unrecorded; new ones are served once it is back",
            $"{(ended > 0 ? "`recording-failed`" : "all of them")}, verified {Seconds(made)} after it is back", recovered, lost);
    }

    static async Task<ChaosRow> NodeSilentAsync(ChaosBed bed)
    {
        var index = bed.IndexOf(keeper: false);
        var (silent, other) = (bed.Cluster.Nodes[index], bed.Cluster.Nodes[(index + 1) % 3]);
        var (theirs, others) = (await bed.StreamAsync(silent, Sessions), await bed.StreamAsync(other, 2));

        await silent.Process.SignalAsync("STOP");
        var clock = Stopwatch.StartNew();
        await bed.VisitAsync(other);
        await Eventually.TrueAsync(() => clock.Elapsed > s_silence, 2 * s_silence);
        await silent.Process.SignalAsync("CONT");

        await ChaosBed.EndedAsync(theirs);
        var lost = await bed.SealedAsync(theirs, other, "node-lost");
        var recovered = clock.Elapsed;
        Assert.Equal(0, await silent.Process.ExitAsync());
        await bed.LeaveAsync(others, other);
        await bed.Cluster.ReplaceAsync(index);
        return new ChaosRow(
            "", "its sessions stand still, and end when it wakes and finds itself removed; other nodes' go on and take new ones",
            "`node-lost`, verified", recovered, lost);
    }

    static string Ending(int ended) => ended switch
    {
        0 => "sessions wait",
        Sessions => "sessions end",
        _ => $"{ended} of {Sessions} sessions end, the others wait",
    };

    static string Seconds(TimeSpan time) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");
}

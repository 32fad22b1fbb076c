using System.Diagnostics;
using System.Globalization;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Soaks;

/// <summary>Clients that let their sessions stand: some send all they can and read nothing of what comes back, some send a byte a second.</summary>
static class StallFault
{
    const int Sessions = 4;

    static readonly TimeSpan s_measured = TimeSpan.FromSeconds(10);

    // A machine that does other work is late by as much, now and then.
    static readonly TimeSpan s_slack = TimeSpan.FromMilliseconds(10);

    public static async Task<ChaosRow> HappenAsync(ChaosBed bed, int crowd)
    {
        var node = bed.Cluster.Nodes[0];
        var clients = await bed.StreamAsync(node, Sessions);
        var known = (await ChaosBed.OpenIdsAsync(node)).ToHashSet();
        var before = await MeasureAsync(clients);

        var streams = await Task.WhenAll(Enumerable.Range(0, crowd).Select(_ => bed.Cluster.OpenAsync(node.Address)));
        var stalled = streams.Select((stream, i) => new StalledClient(stream, floods: i % 2 == 0)).ToArray();
        // Those that read nothing have filled every buffer on the way and can send no more.
        await Eventually.TrueAsync(() => stalled.Count(client => client.IsStuck) == crowd / 2, ChaosBed.Patience);
        var during = await MeasureAsync(clients);

        var sessions = (await ChaosBed.OpenIdsAsync(node)).Where(id => !known.Contains(id)).ToArray();
        Assert.Equal(crowd, sessions.Length);
        Assert.True(during <= (2 * before) + s_slack, $"99 of 100 pieces of others took {Milliseconds(during)} rather than {Milliseconds(before)}");
        foreach (var client in stalled) await client.DisposeAsync();
        var clock = Stopwatch.StartNew();
        await Eventually.AssertAsync(async () => Assert.Empty((await ChaosBed.OpenIdsAsync(node)).Intersect(sessions)), ChaosBed.Patience);
        var recovered = clock.Elapsed;
        foreach (var id in sessions) await ChaosBed.VerifyAsync(node, id);
        await bed.LeaveAsync(clients, node);
        return new ChaosRow(
            "", $"others' pieces come back within {Milliseconds(during)}, 99 of 100 of them; within {Milliseconds(before)} before", "all of them, verified",
            recovered, null);
    }

    /// <summary>What 99 of 100 pieces take there and back at most, for a while.</summary>
    static async Task<TimeSpan> MeasureAsync(IReadOnlyList<ChaosClient> clients)
    {
        foreach (var client in clients) client.Took();
        var clock = Stopwatch.StartNew();
        await Eventually.TrueAsync(() => clock.Elapsed > s_measured);
        TimeSpan[] took = [.. clients.SelectMany(client => client.Took()).Order()];
        Assert.True(took.Length > 100, "others do not get on at all");
        return took[took.Length * 99 / 100];
    }

    static string Milliseconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.0} ms");
}

using System.Text.Json;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Soaks;

/// <summary>A cluster of three nodes with sessions that stream, for faults to happen to.</summary>
sealed class ChaosBed(TestCluster cluster)
{
    public const long Window = 1 << 20;

    /// <summary>So long a takeover may take on a machine that is busy.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    public TestCluster Cluster => cluster;

    public static bool Keeps(NodeProcess node) => node.Process.Output.Contains("This node keeps the registry", StringComparison.Ordinal);

    /// <summary>The node that has, or that has not, the cluster's singletons.</summary>
    public int IndexOf(bool keeper)
    {
        var last = cluster.Nodes.FindLastIndex(Keeps);
        return keeper ? last : (last + 1) % cluster.Nodes.Count;
    }

    /// <summary>So many streaming sessions through one node.</summary>
    public async Task<List<ChaosClient>> StreamAsync(NodeProcess through, int count)
    {
        var clients = new List<ChaosClient>();
        var known = (await OpenIdsAsync(through)).ToHashSet();
        for (var i = 0; i < count; i++)
        {
            var stream = await cluster.OpenAsync(through.Address);
            var id = "";
            await Eventually.AssertAsync(async () => id = Assert.Single(await OpenIdsAsync(through), open => !known.Contains(open)));
            known.Add(id);
            clients.Add(new ChaosClient(id, stream));
        }

        return clients;
    }

    /// <summary>A client that comes and goes.</summary>
    public async Task VisitAsync(NodeProcess through)
    {
        await using var client = await cluster.OpenAsync(through.Address).WaitAsync(TimeSpan.FromSeconds(20));
        await client.ShutdownAsync();
    }

    /// <summary>Waits until every session is sealed with this end and verifies, and returns the most that one lost.</summary>
    public async Task<long> SealedAsync(IEnumerable<ChaosClient> clients, NodeProcess through, string ending) =>
        (await SealedAsync(clients, through, [ending])).Lost;

    /// <summary>The same with one of these ends: those that there were, and the most that one lost.</summary>
    public async Task<(IReadOnlySet<string> Endings, long Lost)> SealedAsync(IEnumerable<ChaosClient> clients, NodeProcess through, params string[] endings)
    {
        await ClosedAsync(clients, through);
        var (seen, lost) = (new HashSet<string>(), 0L);
        foreach (var client in clients)
        {
            var shown = await ShowAsync(through, client.Session);
            var ending = shown.GetProperty("ending").GetString()!;
            Assert.Contains(ending, endings);
            seen.Add(ending);
            await VerifyAsync(through, client.Session);
            lost = Math.Max(lost, client.Sent - shown.GetProperty("toUpstreamBytes").GetInt64());
        }

        Assert.True(lost <= Window, $"{lost} bytes were forwarded that no recording has");
        return (seen, lost);
    }

    public static async Task VerifyAsync(NodeProcess through, string session)
    {
        var (code, verified) = await through.GatewayAsync("sessions", "verify", session);
        Assert.True(code == 0 && verified.Contains("verified", StringComparison.Ordinal), verified);
    }

    /// <summary>Ends sessions from the client's side; each is sealed as that and nothing of it is missing.</summary>
    public async Task LeaveAsync(IReadOnlyList<ChaosClient> clients, NodeProcess through)
    {
        foreach (var client in clients)
        {
            Assert.False(client.HasEnded, "a session of a node that nothing happened to has ended");
            await client.DisposeAsync();
        }

        Assert.Equal(0, Math.Max(0, await SealedAsync(clients, through, "closed-by-client")));
    }

    /// <summary>The recording of every session that there was, and the ledger of them.</summary>
    public async Task AllVerifyAsync(NodeProcess through)
    {
        foreach (var command in (string[][])[["sessions", "verify", "--all"], ["ledger", "verify"]])
        {
            var (code, output) = await through.GatewayAsync(command);
            Assert.True(code == 0, output);
        }
    }

    /// <summary>The sessions that ended by this refusal.</summary>
    public static async Task<IReadOnlyList<string>> RefusedAsync(NodeProcess through, string refusal) =>
        await IdsAsync(through, "--refusal", refusal, "--limit", "1000");

    /// <summary>Closed by the node, or by the system that outlived it.</summary>
    public static Task EndedAsync(IReadOnlyList<ChaosClient> clients) =>
        Eventually.TrueAsync(() => clients.All(client => client.HasEnded), Patience);

    /// <summary>Every node sees the others and the lighthouse, and nobody else.</summary>
    public Task WholeAsync() => WholeAsync([.. cluster.Nodes]);

    /// <summary>These nodes do.</summary>
    public Task WholeAsync(params NodeProcess[] nodes) => Eventually.AssertAsync(
        async () =>
        {
            foreach (var node in nodes) Assert.Equal("gw-1 up, gw-2 up, gw-3 up, lighthouse-0 up", await StatesAsync(node));
        },
        Patience);

    /// <summary>Members as a node sees them.</summary>
    public static async Task<string> StatesAsync(NodeProcess node)
    {
        var (code, output) = await node.GatewayAsync("nodes", "--json");
        Assert.True(code == 0, output);
        using var seen = JsonDocument.Parse(output);
        var members = seen.RootElement.GetProperty("nodes").EnumerateArray()
            .Select(m => $"{m.GetProperty("name").GetString()} {(m.GetProperty("reachable").GetBoolean() ? m.GetProperty("status").GetString() : "unreachable")}");
        return string.Join(", ", members.Order(StringComparer.Ordinal));
    }

    /// <summary>Waits until the journal has an end of every session: that is when a node that lost them is made up for. What they say is looked at after it.</summary>
    static async Task ClosedAsync(IEnumerable<ChaosClient> clients, NodeProcess through)
    {
        var ids = clients.Select(client => client.Session).ToArray();
        await Eventually.AssertAsync(async () => Assert.Empty(ids.Intersect(await OpenIdsAsync(through))), Patience);
    }

    static async Task<JsonElement> ShowAsync(NodeProcess through, string id)
    {
        var (code, output) = await through.GatewayAsync("sessions", "show", id, "--json");
        Assert.True(code == 0, output);
        return JsonDocument.Parse(output).RootElement;
    }

    public static Task<IReadOnlyList<string>> OpenIdsAsync(NodeProcess through) => IdsAsync(through, "--open");

    static async Task<IReadOnlyList<string>> IdsAsync(NodeProcess through, params string[] filter)
    {
        var (code, output) = await through.GatewayAsync(["sessions", "list", "--json", .. filter]);
        Assert.True(code == 0, output);
        return [.. JsonDocument.Parse(output).RootElement.EnumerateArray().Select(s => s.GetProperty("id").GetString()!)];
    }
}

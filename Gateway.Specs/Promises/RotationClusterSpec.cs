using System.Net;
using System.Text.Json;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>What a cluster of real processes promises of its certificates.</summary>
[Collection(nameof(TestCluster))]
public sealed class RotationClusterSpec(TestCluster cluster) : IAsyncLifetime, IDisposable
{
    const int ClientsPerNode = 15;

    /// <summary>The promise: within five seconds every node shows new handshakes the new certificate.</summary>
    static readonly TimeSpan s_soon = TimeSpan.FromSeconds(5);

    static readonly TimeSpan s_takeOver = TimeSpan.FromSeconds(90);

    readonly ConfigurationFolder _folder = new();
    readonly RotatingConnection _connection = new(cluster, "1h");

    [RequiresFact("postgres")]
    public async Task Leaf_upstream_certificate_and_authority_are_rotated_on_every_node_while_every_session_streams_on()
    {
        var places = await _connection.ApplyAsync("streams");
        await using var streams = new StreamingClients(TimeSpan.FromMilliseconds(50));
        foreach (var place in places)
        {
            for (var i = 0; i < ClientsPerNode; i++) streams.Add((await _connection.Client.ConnectAsync(place)).Stream);
        }

        await streams.GoOnAsync();

        await AssertShownAsync(places, "edge", () => RunAsync("certs", "rotate", "edge"));
        await streams.GoOnAsync();

        var before = _connection.ShownToUpstream.Last().Serial;
        await RunAsync("certs", "rotate", "towards");
        await Eventually.AssertAsync(
            async () =>
            {
                foreach (var place in places) await _connection.Client.SerialAsync(place);
                Assert.DoesNotContain(before, _connection.ShownToUpstream.TakeLast(places.Count).Select(shown => shown.Serial));
            },
            s_soon);
        await streams.GoOnAsync();

        await RunAsync("certs", "authority", "rollover");
        await _connection.TrustAsync();
        await AssertShownAsync(places, "edge", () => RunAsync("certs", "authority", "advance"));
        await _connection.SettledAsync("edge", "towards");
        await RunAsync("certs", "authority", "advance");
        await _connection.TrustAsync();
        foreach (var place in places) await _connection.Client.SerialAsync(place);
        await streams.GoOnAsync();

        Assert.Equal((places.Count * ClientsPerNode, 0), (streams.Count, streams.Ended));
    }

    [RequiresFact("postgres")]
    public async Task A_coordinator_that_is_killed_in_the_middle_of_a_rotation_is_replaced_and_no_phase_is_lost_or_repeated()
    {
        await _connection.ApplyAsync("survives");
        var (doomed, other) = Coordinator();
        var index = cluster.Nodes.IndexOf(doomed);
        await RotatingConnection.RunAsync(other, "certs", "rotate", "edge");

        await doomed.Process.KillAsync();
        await cluster.ReplaceAsync(index);

        await Eventually.AssertAsync(() => RotatingConnection.AssertSettledAsync(other, "edge"), s_takeOver);
        var phases = await PhasesAsync(other, "edge");
        Assert.Equal(phases.Distinct(), phases);
        var newest = phases.Max(p => p.Version);
        Assert.Equal(["rotation-issued", "rotation-activated", "rotation-proven"], phases.Where(p => p.Version == newest).Select(p => p.Phase));
        foreach (var place in await _connection.PlacesAsync("survives")) await _connection.Client.SerialAsync(place);
        Assert.Contains("whole and signed", await RotatingConnection.RunAsync(other, "audit", "--verify"), StringComparison.Ordinal);
    }

    [RequiresFact("postgres")]
    public async Task Admin_api_and_remoting_present_a_managed_certificate_and_nobody_leaves_the_cluster_over_it()
    {
        if ((await RunAsync("certs", "authority", "show", "--pem")).Length < 10) await RunAsync("certs", "authority", "rollover");
        await cluster.TrustAsync(await RunAsync("certs", "authority", "show", "--pem"));
        var members = await MembersAsync();
        await RunAsync("apply", "-f", _folder.Write(
            "node.yaml",
            """
            apiVersion: gateway/v1
            kind: Certificate
            metadata: { name: node }
            spec: { source: internal, names: [localhost, 127.0.0.1], lifetime: 1h }
            """));
        await _connection.SettledAsync("node");
        await RunAsync("certs", "rotate", "node");
        await _connection.SettledAsync("node");

        await Eventually.TrueAsync(() => cluster.Nodes.TrueForAll(n => n.Process.Output.Contains("Remoting presents another certificate", StringComparison.Ordinal)));
        var newcomer = await cluster.JoinAsync("gw-managed");
        await Eventually.AssertAsync(async () => Assert.Equal(members + 1, await MembersAsync()));
        // It began with what is active, and said nothing else to anybody.
        Assert.DoesNotContain("Remoting presents another certificate", newcomer.Process.Output, StringComparison.Ordinal);

        var (code, output) = await newcomer.GatewayAsync("node", "drain");
        Assert.True(code == 0, output);
        await newcomer.Process.ExitAsync();
        cluster.Nodes.Remove(newcomer);
        await newcomer.DisposeAsync();
    }

    public Task InitializeAsync() => cluster.MendAsync();

    public async Task DisposeAsync()
    {
        await _connection.DisposeAsync();
        await cluster.Nodes[0].GatewayAsync("certs", "remove", "node");
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Every node shows something else than before, and the same, within the time that is promised.</summary>
    async Task AssertShownAsync(IReadOnlyList<IPEndPoint> places, string certificate, Func<Task<string>> rotate)
    {
        var before = await Task.WhenAll(places.Select(_connection.Client.SerialAsync));
        Assert.Single(before.Distinct());

        await rotate();

        await Eventually.AssertAsync(
            async () =>
            {
                var now = await Task.WhenAll(places.Select(_connection.Client.SerialAsync));
                Assert.Single(now.Distinct());
                Assert.NotEqual(before[0], now[0]);
            },
            s_soon);
        await _connection.SettledAsync(certificate);
    }

    static async Task<IReadOnlyList<(string Phase, int Version)>> PhasesAsync(NodeProcess through, string name)
    {
        using var history = JsonDocument.Parse(await RotatingConnection.RunAsync(through, "certs", "history", name, "--json"));
        return
        [
            .. history.RootElement.GetProperty("acts").EnumerateArray()
                .Select(act => (Act: act.GetProperty("act").GetString()!, Target: act.GetProperty("target").GetString()!.Split(' ')))
                .Where(act => act.Act.StartsWith("rotation-", StringComparison.Ordinal) && act.Target.Length == 2)
                .Select(act => (act.Act, int.Parse(act.Target[1], System.Globalization.CultureInfo.InvariantCulture))),
        ];
    }

    /// <summary>The node that coordinates, which is the oldest, and another one.</summary>
    (NodeProcess Doomed, NodeProcess Other) Coordinator()
    {
        var doomed = cluster.Nodes.FindLast(node => node.Process.Output.Contains("coordinates the rotation", StringComparison.Ordinal))!;
        return (doomed, cluster.Nodes.First(node => node != doomed));
    }

    /// <summary>Members that are up, as a node sees them.</summary>
    async Task<int> MembersAsync()
    {
        using var shown = JsonDocument.Parse(await RunAsync("nodes", "--json"));
        return shown.RootElement.GetProperty("nodes").EnumerateArray().Count(n => n.GetProperty("status").GetString() == "up" && n.GetProperty("reachable").GetBoolean());
    }

    Task<string> RunAsync(params string[] command) => _connection.RunAsync(command);
}

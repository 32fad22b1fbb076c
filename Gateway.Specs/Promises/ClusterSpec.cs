using System.Text.Json;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>What a cluster of real processes promises: one lighthouse, nodes that come and go, PostgreSQL.</summary>
[Collection(nameof(TestCluster))]
public sealed class ClusterSpec(TestCluster cluster)
{
    static readonly TimeSpan s_takeOver = TimeSpan.FromSeconds(90);

    [RequiresFact("postgres")]
    public async Task Any_node_serves_any_client_and_shows_any_session()
    {
        var before = (await SessionsAsync(cluster.Nodes[0])).Select(s => s.Id).ToHashSet();

        foreach (var node in cluster.Nodes.ToArray())
        {
            await using var client = await cluster.OpenAsync(node);
            var own = (await OpenSessionsAsync(node)).Single(s => !before.Contains(s.Id));
            foreach (var other in cluster.Nodes)
            {
                var (code, shown) = await other.GatewayAsync("sessions", "show", own.Id);
                Assert.True(code == 0 && shown.Contains("streaming", StringComparison.Ordinal), shown);
            }

            before.Add(own.Id);
        }
    }

    [RequiresFact("postgres")]
    public async Task A_session_can_be_ended_through_a_node_that_does_not_hold_it()
    {
        await using var client = await cluster.OpenAsync(cluster.Nodes[0]);
        var session = Assert.Single(await OpenSessionsAsync(cluster.Nodes[0]), s => s.NodeName == "gw-1");

        var (code, output) = await cluster.Nodes[1].GatewayAsync("sessions", "kill", session.Id, "--reason", "spec");

        Assert.True(code == 0, output);
        Assert.Empty(await TlsClient.ReadToEndAsync(client));
        Assert.Equal("killed", (await SessionAsync(cluster.Nodes[2], session.Id)).Ending);
    }

    [RequiresFact("postgres")]
    public async Task A_node_that_is_told_to_leave_drains_its_sessions_and_ends()
    {
        var leaving = await cluster.JoinAsync("gw-leaving");
        await using var client = await cluster.OpenAsync(leaving);
        var session = Assert.Single(await OpenSessionsAsync(leaving), s => s.NodeName == "gw-leaving");

        var (code, output) = await leaving.GatewayAsync("node", "drain");

        Assert.True(code == 0, output);
        Assert.True(await leaving.Process.ExitAsync() == 0, leaving.Process.Output);
        Assert.Empty(await TlsClient.ReadToEndAsync(client));
        var ended = await SessionAsync(cluster.Nodes[0], session.Id);
        Assert.Equal(("drained", "node-draining"), (ended.Ending, ended.Refusal));
        await Eventually.AssertAsync(async () =>
        {
            var (_, nodes) = await cluster.Nodes[0].GatewayAsync("nodes");
            Assert.DoesNotContain("gw-leaving", nodes, StringComparison.Ordinal);
        });
        cluster.Nodes.Remove(leaving);
    }

    [RequiresFact("postgres")]
    public async Task A_killed_nodes_sessions_are_sealed_by_the_survivors_and_what_was_durable_verifies()
    {
        var doomed = await cluster.JoinAsync("gw-doomed");
        await using var one = await cluster.OpenAsync(doomed);
        await using var two = await cluster.OpenAsync(doomed);
        await Eventually.AssertAsync(async () => Assert.Equal(2, (await OpenSessionsAsync(doomed)).Count(s => s.NodeName == "gw-doomed")));
        var sessions = (await OpenSessionsAsync(doomed)).Where(s => s.NodeName == "gw-doomed").ToArray();

        await doomed.Process.KillAsync();

        foreach (var session in sessions)
        {
            await Eventually.AssertAsync(
                async () => Assert.Equal("node-lost", (await SessionAsync(cluster.Nodes[0], session.Id)).Ending), s_takeOver);
            var (code, verified) = await cluster.Nodes[1].GatewayAsync("sessions", "verify", session.Id);
            Assert.True(code == 0 && verified.Contains("verified", StringComparison.Ordinal), verified);
        }

        Assert.DoesNotContain(await OpenSessionsAsync(cluster.Nodes[0]), s => s.NodeName == "gw-doomed");
        cluster.Nodes.Remove(doomed);
    }

    [RequiresFact("postgres")]
    public async Task A_node_with_a_certificate_of_a_strange_authority_does_not_get_in()
    {
        using var strangers = new TestCertificates("Strangers CA");
        await using var stranger = NodeProcess.Start("gw-stranger", cluster, strangers.Server("localhost", "127.0.0.1"));

        await Eventually.TrueAsync(() => stranger.Process.HasExited || stranger.Process.Output.Contains("TLS", StringComparison.Ordinal), s_takeOver);

        Assert.False(await stranger.IsReadyAsync());
        var (_, nodes) = await cluster.Nodes[0].GatewayAsync("nodes");
        Assert.DoesNotContain("gw-stranger", nodes, StringComparison.Ordinal);
    }

    static async Task<Session> SessionAsync(NodeProcess through, string id)
    {
        var (code, output) = await through.GatewayAsync("sessions", "show", id, "--json");
        Assert.True(code == 0, output);
        return Read(JsonDocument.Parse(output).RootElement);
    }

    static async Task<Session[]> OpenSessionsAsync(NodeProcess through) => [.. (await SessionsAsync(through, "--open"))];

    static async Task<IEnumerable<Session>> SessionsAsync(NodeProcess through, params string[] filter)
    {
        var (code, output) = await through.GatewayAsync(["sessions", "list", "--json", .. filter]);
        Assert.True(code == 0, output);
        return JsonDocument.Parse(output).RootElement.EnumerateArray().Select(Read);
    }

    static Session Read(JsonElement session) => new(
        session.GetProperty("id").GetString()!, session.GetProperty("node").GetString()!, session.GetProperty("ending").GetString(),
        session.GetProperty("refusal").GetString());

    sealed record Session(string Id, string NodeKey, string? Ending, string? Refusal)
    {
        /// <summary>The readable part of the key: <c>gw.1</c> of <c>gw.1.k3x...</c>.</summary>
        public string NodeName => NodeKey[..NodeKey.LastIndexOf('.')].Replace('.', '-');
    }
}

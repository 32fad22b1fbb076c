using System.Net;
using System.Text.Json;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>What a cluster of real processes promises: one lighthouse, nodes that come and go, PostgreSQL.</summary>
[Collection(nameof(TestCluster))]
public sealed class ClusterSpec(TestCluster cluster) : IAsyncLifetime
{
    static readonly TimeSpan s_takeOver = TimeSpan.FromSeconds(90);

    /// <summary>The promise: live on every node within two seconds.</summary>
    static readonly TimeSpan s_live = TimeSpan.FromSeconds(2);

    public Task InitializeAsync() => cluster.MendAsync();

    public Task DisposeAsync() => Task.CompletedTask;

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
    public async Task Who_is_revoked_through_one_node_loses_idle_sessions_on_every_node_within_two_seconds()
    {
        await using var one = await cluster.OpenAsync(cluster.Nodes[0]);
        await using var two = await cluster.OpenAsync(cluster.Nodes[1]);
        await using var three = await cluster.OpenAsync(cluster.Nodes[2]);
        var left = Task.WhenAll(TlsClient.ReadToEndAsync(one), TlsClient.ReadToEndAsync(two), TlsClient.ReadToEndAsync(three));

        var (code, output) = await cluster.Nodes[2].GatewayAsync("revoke", "subject", "camera-17", "--reason", "spec");
        try
        {
            Assert.True(code == 0, output);
            Assert.All(await left.WaitAsync(TimeSpan.FromSeconds(2)), Assert.Empty);
            foreach (var node in cluster.Nodes.ToArray()) await Assert.ThrowsAnyAsync<Exception>(() => cluster.OpenAsync(node));
            await Eventually.AssertAsync(async () =>
                Assert.Equal(3, (await SessionsAsync(cluster.Nodes[0], "--refusal", "identity-revoked", "--ended", "--subject", "camera-17")).Count(s => s.Ending == "refused" && s.HasTraffic)));
        }
        finally
        {
            (code, output) = await cluster.Nodes[0].GatewayAsync("revoke", "subject", "camera-17", "--lift", "--reason", "spec");
        }

        Assert.True(code == 0, output);
        await Eventually.AssertAsync(async () =>
        {
            var opened = await Xunit.Record.ExceptionAsync(async () => await (await cluster.OpenAsync(cluster.Nodes[1])).DisposeAsync());
            Assert.Null(opened);
        });
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
        Assert.Contains(cluster.Nodes, node => node.Process.Output.Contains("is gone: its port refuses connections, as most nodes see", StringComparison.Ordinal));
        // Nobody has waited until heartbeats were missed.
        Assert.Contains(cluster.Nodes, node => node.Process.Output.Contains("due to quarantine", StringComparison.Ordinal));
    }

    [RequiresFact("postgres")]
    public async Task A_lone_lighthouse_that_is_killed_and_started_again_is_in_the_cluster_that_it_knew_and_no_session_ends()
    {
        await using var client = await cluster.OpenAsync(cluster.Nodes[0]);
        var session = Assert.Single(await OpenSessionsAsync(cluster.Nodes[0]), s => s.NodeName == "gw-1");

        await cluster.Lighthouse.Process.KillAsync();
        await cluster.StartLighthouseAgainAsync();

        // Who joins through it is in the cluster of those that joined before, and none of them is thought to be gone.
        Assert.False(cluster.Lighthouse.Process.Output.Contains("this is a new one", StringComparison.Ordinal), cluster.Lighthouse.Process.Output);
        var late = await cluster.JoinAsync("gw-late");
        foreach (var node in cluster.Nodes.ToArray())
        {
            var nodes = "";
            await Eventually.AssertAsync(async () =>
            {
                nodes = await RunAsync(node, "nodes");
                Assert.All(cluster.Nodes.Select((_, i) => i < 3 ? $"gw-{i + 1}" : "gw-late").Append("lighthouse-0"), name => Assert.Contains(name, nodes, StringComparison.Ordinal));
                Assert.DoesNotContain(nodes.Split('\n'), line => line.TrimEnd().EndsWith(" no", StringComparison.Ordinal));
            });
        }

        Assert.Null((await SessionAsync(late, session.Id)).Ending);
        await client.WriteAsync("hello"u8.ToArray());
        await client.ReadExactlyAsync(new byte[5]);
        var (code, output) = await late.GatewayAsync("node", "drain");
        Assert.True(code == 0 && await late.Process.ExitAsync() == 0, output + late.Process.Output);
        cluster.Nodes.Remove(late);
    }

    [RequiresFact("postgres", "kill")]
    public async Task A_node_that_never_had_a_session_serves_its_first_while_the_node_with_the_singletons_is_silent_and_dies()
    {
        var cold = await cluster.JoinAsync("gw-cold");
        const string Keeper = "This node keeps the registry";
        var doomed = cluster.Nodes.FindLast(node => node.Process.Output.Contains(Keeper, StringComparison.Ordinal))!;
        int Successors() => cluster.Nodes.Append(cold).Count(node => node != doomed && node.Process.Output.Contains(Keeper, StringComparison.Ordinal));
        var before = Successors();

        // Silent before it is dead: a port that refuses would tell the others sooner than this machine may open a session.
        await doomed.Process.SignalAsync("STOP");

        await using (var client = await cluster.OpenAsync(cold))
        {
            // Before the cluster has found out, and put another in its place.
            Assert.Equal(before, Successors());
            await doomed.Process.KillAsync();
            await cluster.ReplaceAsync(cluster.Nodes.IndexOf(doomed));
            await client.WriteAsync("hello"u8.ToArray());
            await client.ReadExactlyAsync(new byte[5]);
        }

        var (code, output) = await cold.GatewayAsync("node", "drain");
        Assert.True(code == 0 && await cold.Process.ExitAsync() == 0, output + cold.Process.Output);
        cluster.Nodes.Remove(cold);
    }

    [RequiresFact("postgres")]
    public async Task A_connection_registered_on_one_node_serves_clients_on_every_other_within_two_seconds_and_goes_as_fast()
    {
        using var folder = new ConfigurationFolder();
        var file = cluster.WriteConnection(folder, "registered");
        await RunAsync(cluster.Nodes[0], "apply", "-f", file);

        await Eventually.AssertAsync(
            async () =>
            {
                var places = await PlacesAsync(cluster.Nodes[0], "registered");
                Assert.Equal(cluster.Nodes.Count, places.Count(place => place is not null));
            },
            s_live);
        foreach (var place in await PlacesAsync(cluster.Nodes[2], "registered")) (await cluster.OpenAsync(place!)).Dispose();
        Assert.Contains("1 unchanged", await RunAsync(cluster.Nodes[1], "apply", "-f", file), StringComparison.Ordinal);

        var last = (await PlacesAsync(cluster.Nodes[0], "registered"))[^1]!;
        await RunAsync(cluster.Nodes[1], "connections", "remove", "registered");
        await Eventually.AssertAsync(() => Assert.ThrowsAnyAsync<Exception>(async () => (await cluster.OpenAsync(last)).Dispose()), s_live);
    }

    [RequiresFact("postgres")]
    public async Task An_access_policy_of_one_node_counts_on_every_other_within_two_seconds_and_running_sessions_keep_their_grant_unless_they_are_terminated()
    {
        using var folder = new ConfigurationFolder();
        var file = folder.Write("closed.yaml", """
            apiVersion: gateway/v1
            kind: AccessPolicy
            metadata: { name: closed }
            spec:
              selector: {}
              rules: [{ effect: deny, subjects: [camera-17] }]
            """);
        await using var running = await cluster.OpenAsync(cluster.Nodes[1]);
        try
        {
            await RunAsync(cluster.Nodes[0], "apply", "-f", file);

            foreach (var node in cluster.Nodes.ToArray())
                await Eventually.AssertAsync(() => Assert.ThrowsAnyAsync<Exception>(async () => (await cluster.OpenAsync(node)).Dispose()), s_live);
            await running.WriteAsync("hello"u8.ToArray());
            await running.ReadExactlyAsync(new byte[5]);

            await RunAsync(cluster.Nodes[2], "access", "policies", "remove", "closed", "--terminate");
            Assert.Empty(await TlsClient.ReadToEndAsync(running).WaitAsync(s_live));
        }
        finally
        {
            await cluster.Nodes[0].GatewayAsync("access", "policies", "remove", "closed");
        }

        await Eventually.AssertAsync(async () => Assert.Null(await Xunit.Record.ExceptionAsync(async () => (await cluster.OpenAsync(cluster.Nodes[1])).Dispose())), s_live);
    }

    [RequiresFact("postgres")]
    public async Task The_registry_outlives_the_node_that_wrote_it_and_what_was_registered_is_served_meanwhile()
    {
        using var folder = new ConfigurationFolder();
        await RunAsync(cluster.Nodes[0], "apply", "-f", cluster.WriteConnection(folder, "before"));
        var doomed = cluster.Nodes.FindLast(node => node.Process.Output.Contains("This node keeps the registry", StringComparison.Ordinal))!;
        var (index, other) = (cluster.Nodes.IndexOf(doomed), cluster.Nodes.First(node => node != doomed));

        await doomed.Process.KillAsync();

        await cluster.ReplaceAsync(index);
        await Eventually.AssertAsync(
            async () => await RunAsync(other, "apply", "-f", cluster.WriteConnection(folder, "after")), s_takeOver);
        await Eventually.AssertAsync(async () =>
        {
            var places = await PlacesAsync(cluster.Nodes[index], "after");
            Assert.Equal(cluster.Nodes.Count, places.Count(place => place is not null));
        });
        foreach (var connection in new[] { "before", "after" })
        {
            foreach (var place in await PlacesAsync(other, connection)) (await cluster.OpenAsync(place!)).Dispose();
            await RunAsync(other, "connections", "remove", connection);
        }

        Assert.Contains("whole and signed", await RunAsync(cluster.Nodes[index], "audit", "--verify"), StringComparison.Ordinal);
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

    static async Task<string> RunAsync(NodeProcess through, params string[] command)
    {
        var (code, output) = await through.GatewayAsync(command);
        Assert.True(code == 0, output);
        return output;
    }

    /// <summary>Where each node listens for the connection; null where it does not.</summary>
    static async Task<IReadOnlyList<IPEndPoint?>> PlacesAsync(NodeProcess through, string connection)
    {
        using var shown = JsonDocument.Parse(await RunAsync(through, "connections", "show", connection, "--json"));
        return
        [
            .. shown.RootElement.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("address").GetString())
                .Select(address => address is null ? null : IPEndPoint.Parse(address)),
        ];
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
        session.GetProperty("refusal").GetString(), session.GetProperty("toUpstreamBytes") is { ValueKind: JsonValueKind.Number } bytes && bytes.GetInt64() > 0);

    sealed record Session(string Id, string NodeKey, string? Ending, string? Refusal, bool HasTraffic)
    {
        /// <summary>The readable part of the key: <c>gw.1</c> of <c>gw.1.k3x...</c>.</summary>
        public string NodeName => NodeKey[..NodeKey.LastIndexOf('.')].Replace('.', '-');
    }
}

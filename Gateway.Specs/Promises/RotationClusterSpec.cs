using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
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
    readonly ConcurrentQueue<string> _shownToUpstream = new();
    readonly X509Certificate2Collection _upstreamTrusts = [];
    readonly VerifyingClient _client = new("gw.example.org", cluster.Clients.Client("camera-17"));
    TlsUpstream _upstream = null!;

    [RequiresFact("postgres")]
    public async Task Leaf_upstream_certificate_and_authority_are_rotated_on_every_node_while_every_session_streams_on()
    {
        await ApplyAsync("streams");
        var places = await PlacesAsync("streams");
        await using var streams = new StreamingClients();
        foreach (var place in places)
        {
            for (var i = 0; i < ClientsPerNode; i++) streams.Add((await _client.ConnectAsync(place)).Stream);
        }

        await streams.GoOnAsync();

        await AssertShownAsync(places, "edge", () => RunAsync("certs", "rotate", "edge"));
        await streams.GoOnAsync();

        var before = _shownToUpstream.Last();
        await RunAsync("certs", "rotate", "towards");
        await Eventually.AssertAsync(
            async () =>
            {
                foreach (var place in places) await _client.SerialAsync(place);
                Assert.DoesNotContain(before, _shownToUpstream.TakeLast(places.Count));
            },
            s_soon);
        await streams.GoOnAsync();

        await RunAsync("certs", "authority", "rollover");
        await TrustAsync();
        await AssertShownAsync(places, "edge", () => RunAsync("certs", "authority", "advance"));
        await SettledAsync("edge", "towards");
        await RunAsync("certs", "authority", "advance");
        await TrustAsync();
        foreach (var place in places) await _client.SerialAsync(place);
        await streams.GoOnAsync();

        Assert.Equal((places.Count * ClientsPerNode, 0), (streams.Count, streams.Ended));
    }

    [RequiresFact("postgres")]
    public async Task A_coordinator_that_is_killed_in_the_middle_of_a_rotation_is_replaced_and_no_phase_is_lost_or_repeated()
    {
        await ApplyAsync("survives");
        var (doomed, other) = Coordinator();
        var index = cluster.Nodes.IndexOf(doomed);
        await RunAsync(other, "certs", "rotate", "edge");

        await doomed.Process.KillAsync();
        await cluster.ReplaceAsync(index);

        await Eventually.AssertAsync(() => SettledAsync(other, "edge"), s_takeOver);
        var phases = await PhasesAsync(other, "edge");
        Assert.Equal(phases.Distinct(), phases);
        var newest = phases.Max(p => p.Version);
        Assert.Equal(["rotation-issued", "rotation-activated", "rotation-proven"], phases.Where(p => p.Version == newest).Select(p => p.Phase));
        foreach (var place in await PlacesAsync("survives")) await _client.SerialAsync(place);
        Assert.Contains("whole and signed", await RunAsync(other, "audit", "--verify"), StringComparison.Ordinal);
    }

    public Task InitializeAsync()
    {
        _upstream = new TlsUpstream(
            new SslServerAuthenticationOptions
            {
                ServerCertificate = cluster.Upstreams.Server(),
                ClientCertificateRequired = true,
                RemoteCertificateValidationCallback = (_, shown, chain, _) => IsGateways(shown, chain),
            },
            TlsUpstream.EchoAsync);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        foreach (var connection in new[] { "streams", "survives" }) await cluster.Nodes[0].GatewayAsync("connections", "remove", connection, "--terminate");
        foreach (var certificate in new[] { "edge", "towards" }) await cluster.Nodes[0].GatewayAsync("certs", "remove", certificate);
        await _upstream.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Registers a connection with its certificates, and waits until every node shows them.</summary>
    async Task ApplyAsync(string connection)
    {
        cluster.Clients.WriteAuthority(_folder.PathOf("clients.crt"));
        cluster.Upstreams.WriteAuthority(_folder.PathOf("upstream.crt"));
        var document = NodeProcess.Connection(connection, 0, _upstream.Port)
            .Replace("tls: { clientCertificate", "tls: { certificate: edge, clientCertificate", StringComparison.Ordinal)
            .Replace("tls: { serverName", "tls: { certificate: towards, serverName", StringComparison.Ordinal);
        var file = _folder.Write(
            "documents.yaml",
            $$"""
            apiVersion: gateway/v1
            kind: Certificate
            metadata: { name: edge }
            spec: { source: internal, names: [gw.example.org], lifetime: 1h }
            ---
            apiVersion: gateway/v1
            kind: Certificate
            metadata: { name: towards }
            spec: { source: internal, names: [gateway.example.org], use: client, lifetime: 1h }
            ---
            {{document}}
            """);
        await RunAsync("apply", "-f", file);
        await SettledAsync("edge", "towards");
        await TrustAsync();
    }

    /// <summary>Every node shows something else than before, and the same, within the time that is promised.</summary>
    async Task AssertShownAsync(IReadOnlyList<IPEndPoint> places, string certificate, Func<Task<string>> rotate)
    {
        var before = await Task.WhenAll(places.Select(_client.SerialAsync));
        Assert.Single(before.Distinct());

        await rotate();

        await Eventually.AssertAsync(
            async () =>
            {
                var now = await Task.WhenAll(places.Select(_client.SerialAsync));
                Assert.Single(now.Distinct());
                Assert.NotEqual(before[0], now[0]);
            },
            s_soon);
        await SettledAsync(certificate);
    }

    Task SettledAsync(params string[] names) =>
        Eventually.AssertAsync(() => SettledAsync(cluster.Nodes[0], names));

    static async Task SettledAsync(NodeProcess through, params string[] names)
    {
        foreach (var name in names)
        {
            using var shown = JsonDocument.Parse(await RunAsync(through, "certs", "show", name, "--json"));
            var certificate = shown.RootElement.GetProperty("certificate");
            var isSettled = certificate.GetProperty("phase").GetString() == "proven" && shown.RootElement.GetProperty("versions").GetArrayLength() == 1
                && certificate.GetProperty("proving").GetInt32() == 3;
            Assert.True(isSettled, shown.RootElement.GetProperty("certificate").ToString());
        }
    }

    static async Task<IReadOnlyList<(string Phase, int Version)>> PhasesAsync(NodeProcess through, string name)
    {
        using var history = JsonDocument.Parse(await RunAsync(through, "certs", "history", name, "--json"));
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

    /// <summary>Clients and the upstream trust what the cluster publishes now.</summary>
    async Task TrustAsync()
    {
        var pem = await RunAsync("certs", "authority", "show", "--pem");
        _client.Trust(pem);
        lock (_upstreamTrusts)
        {
            _upstreamTrusts.Clear();
            _upstreamTrusts.ImportFromPem(pem);
        }
    }

    bool IsGateways(X509Certificate? shown, X509Chain? sent)
    {
        if (shown is not X509Certificate2 certificate) return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        lock (_upstreamTrusts) chain.ChainPolicy.CustomTrustStore.AddRange(_upstreamTrusts);
        if (sent is not null) chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        _shownToUpstream.Enqueue(certificate.SerialNumber);
        return chain.Build(certificate);
    }

    Task<string> RunAsync(params string[] command) => RunAsync(cluster.Nodes[0], command);

    static async Task<string> RunAsync(NodeProcess through, params string[] command)
    {
        var (code, output) = await through.GatewayAsync(command);
        Assert.True(code == 0, output);
        return output;
    }

    async Task<IReadOnlyList<IPEndPoint>> PlacesAsync(string connection)
    {
        IReadOnlyList<IPEndPoint> places = [];
        await Eventually.AssertAsync(async () =>
        {
            using var shown = JsonDocument.Parse(await RunAsync("connections", "show", connection, "--json"));
            var addresses = shown.RootElement.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("address").GetString()).ToArray();
            Assert.Equal(cluster.Nodes.Count, addresses.Count(address => address is not null));
            places = [.. addresses.Select(address => IPEndPoint.Parse(address!))];
        });
        return places;
    }
}

using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Gateway.Specs.Soaks;
using Xunit;

namespace Gateway.Specs.Support;

/// <summary>
/// A connection of a real cluster with managed certificates on both legs, the upstream that verifies what it is shown, and a client that does.
/// </summary>
public sealed class RotatingConnection(TestCluster cluster, string lifetime) : IAsyncDisposable
{
    /// <summary>What clients are shown, and what the upstream is.</summary>
    public static readonly IReadOnlyList<string> Certificates = ["edge", "towards"];

    readonly ConfigurationFolder _folder = new();
    readonly X509Certificate2Collection _upstreamTrusts = [];
    readonly List<string> _connections = [];
    TlsUpstream? _upstream;

    public VerifyingClient Client { get; } = new("gw.example.org", cluster.Clients.Client("camera-17"));

    /// <summary>What the upstream was shown, in that order.</summary>
    public ConcurrentQueue<ShownSerial> ShownToUpstream { get; } = new();

    /// <summary>Why the upstream refused what it was shown.</summary>
    public ConcurrentQueue<string> RefusedByUpstream { get; } = new();

    /// <summary>Registers the connection with its certificates; where every node listens, once all present them.</summary>
    public async Task<IReadOnlyList<IPEndPoint>> ApplyAsync(string name)
    {
        _upstream ??= new TlsUpstream(
            new SslServerAuthenticationOptions
            {
                ServerCertificate = cluster.Upstreams.Server(),
                ClientCertificateRequired = true,
                RemoteCertificateValidationCallback = (_, shown, chain, _) => IsGateways(shown, chain),
            },
            TlsUpstream.EchoAsync);
        cluster.Clients.WriteAuthority(_folder.PathOf("clients.crt"));
        cluster.Upstreams.WriteAuthority(_folder.PathOf("upstream.crt"));
        var document = NodeProcess.Connection(name, 0, _upstream.Port)
            .Replace("tls: { clientCertificate", "tls: { certificate: edge, clientCertificate", StringComparison.Ordinal)
            .Replace("tls: { serverName", "tls: { certificate: towards, serverName", StringComparison.Ordinal);
        _connections.Add(name);
        await RunAsync("apply", "-f", _folder.Write(
            "documents.yaml",
            $$"""
            apiVersion: gateway/v1
            kind: Certificate
            metadata: { name: edge }
            spec: { source: internal, names: [gw.example.org], lifetime: {{lifetime}} }
            ---
            apiVersion: gateway/v1
            kind: Certificate
            metadata: { name: towards }
            spec: { source: internal, names: [gateway.example.org], use: client, lifetime: {{lifetime}} }
            ---
            {{document}}
            """));
        await SettledAsync([.. Certificates]);
        await TrustAsync();
        return await PlacesAsync(name);
    }

    /// <summary>When those certificates have one version, which every node proved.</summary>
    public Task SettledAsync(params string[] names) => Eventually.AssertAsync(() => AssertSettledAsync(cluster.Nodes[0], names));

    public static async Task AssertSettledAsync(NodeProcess through, params string[] names)
    {
        foreach (var name in names)
        {
            using var shown = JsonDocument.Parse(await RunAsync(through, "certs", "show", name, "--json"));
            var certificate = shown.RootElement.GetProperty("certificate");
            var isSettled = certificate.GetProperty("phase").GetString() == "proven" && shown.RootElement.GetProperty("versions").GetArrayLength() == 1
                && certificate.GetProperty("proving").GetInt32() == certificate.GetProperty("nodes").GetInt32();
            Assert.True(isSettled, certificate.ToString());
        }
    }

    /// <summary>Clients and the upstream trust what the cluster publishes now.</summary>
    public async Task TrustAsync()
    {
        var pem = await RunAsync("certs", "authority", "show", "--pem");
        Client.Trust(pem);
        lock (_upstreamTrusts)
        {
            _upstreamTrusts.Clear();
            _upstreamTrusts.ImportFromPem(pem);
        }
    }

    public Task<string> RunAsync(params string[] command) => RunAsync(cluster.Nodes[0], command);

    public static async Task<string> RunAsync(NodeProcess through, params string[] command)
    {
        var (code, output) = await through.GatewayAsync(command);
        Assert.True(code == 0, output);
        return output;
    }

    /// <summary>Where every node listens for the connection.</summary>
    public async Task<IReadOnlyList<IPEndPoint>> PlacesAsync(string connection)
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

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections) await cluster.Nodes[0].GatewayAsync("connections", "remove", connection, "--terminate");
        foreach (var certificate in Certificates) await cluster.Nodes[0].GatewayAsync("certs", "remove", certificate);
        if (_upstream is not null) await _upstream.DisposeAsync();
        _folder.Dispose();
    }

    bool IsGateways(X509Certificate? shown, X509Chain? sent)
    {
        if (shown is not X509Certificate2 certificate)
        {
            RefusedByUpstream.Enqueue("no certificate");
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        lock (_upstreamTrusts) chain.ChainPolicy.CustomTrustStore.AddRange(_upstreamTrusts);
        if (sent is not null) chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        ShownToUpstream.Enqueue(new("upstream", TimeProvider.System.GetUtcNow(), certificate.SerialNumber));
        if (chain.Build(certificate)) return true;
        RefusedByUpstream.Enqueue($"{certificate.SerialNumber}, until {certificate.NotAfter:u}: {string.Join(", ", chain.ChainStatus.Select(s => s.StatusInformation.Trim()))}");
        return false;
    }
}

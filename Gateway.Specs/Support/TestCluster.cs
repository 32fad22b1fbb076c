using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Hosting;
using Gateway.Specs.Support.Network;
using Xunit;

namespace Gateway.Specs.Support;

/// <summary>One lighthouse, three nodes and a PostgreSQL journal as real processes, with an issuer, an upstream and the authorities around them.</summary>
[SuppressMessage("Design", "CA1001", Justification = "xunit calls DisposeAsync.")]
public sealed class TestCluster : IAsyncLifetime
{
    readonly PostgresServer _postgres = new();
    readonly ECDsa _sealKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    FakeIssuer? _issuer;
    LighthouseProcess? _lighthouse;

    public TestCertificates Authority { get; } = new("Cluster CA");

    public TestCertificates Clients { get; } = new("Clients CA");

    public TestCertificates Upstreams { get; } = new("Upstream CA");

    /// <summary>Stands behind the servers that are told events, where there are any: every node tells them from its first day on.</summary>
    public TestCertificates Siem { get; } = new("SIEM CA");

    public int SyslogPort { get; } = FreePort.Next();

    public int WebhookPort { get; } = FreePort.Next();

    public TlsUpstream Upstream { get; private set; } = null!;

    public IssuerOptions Issuer => _issuer!.Options();

    public IReadOnlyList<string> AdminGroups { get; } = ["admins"];

    public string AuditorToken => Token(TimeSpan.FromMinutes(10));

    /// <summary>A token of the auditor that was issued just now, for so long.</summary>
    public string Token(TimeSpan life) =>
        _issuer!.Mint(new TokenContent { Subject = "ada", Groups = AdminGroups, Expires = TimeProvider.System.GetUtcNow() + life });

    public string Database { get; private set; } = "";

    public string SealKeyPem => _sealKey.ExportPkcs8PrivateKeyPem();

    public string ClusterKey { get; } = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    public string SealPublicPem => _sealKey.ExportSubjectPublicKeyInfoPem();

    public IReadOnlyList<string> Lighthouses => [_lighthouse!.Address];

    /// <summary>The nodes' journal.</summary>
    public PostgresServer Postgres => _postgres;

    public LighthouseProcess Lighthouse => _lighthouse!;

    /// <summary>Starts the lighthouse again, when it is gone.</summary>
    public async Task StartLighthouseAgainAsync() => _lighthouse = await _lighthouse!.StartAgainAsync();

    /// <summary>Authorities of the cluster's own that nodes which start trust at once, PEM.</summary>
    public string ManagedAuthorities { get; private set; } = "";

    /// <summary>How the nodes are to be, one for each; none: three as they come.</summary>
    public IReadOnlyList<NodePlan> Plans { get; set; } = [];

    /// <summary>Where nodes and lighthouse run, in this order; null: on this machine itself. The rest is on this machine, and each node has ways to it.</summary>
    internal SpecNetwork? Network { get; set; }

    /// <summary>In the order they joined.</summary>
    public List<NodeProcess> Nodes { get; } = [];

    public async Task InitializeAsync()
    {
        Upstream = new TlsUpstream(Upstreams.Server(), TlsUpstream.EchoAsync);
        _issuer = await FakeIssuer.StartAsync();
        Database = await _postgres.DatabaseAsync();
        if (Network is not null) Plans = [.. Plans.Select((plan, i) => plan with { Host = Network.Hosts[i] })];
        foreach (var plan in Plans) plan.Host?.Connect(this, plan);
        _lighthouse = await LighthouseProcess.StartAsync(Authority, Network?.Hosts[^1]);
        for (var i = 0; i < Planned; i++) Nodes.Add(Start(i));
        await Task.WhenAll(Nodes.Select(node => node.ReadyAsync()));
    }

    /// <summary>Lighthouse, nodes and commands trust these authorities of the cluster's own from now on.</summary>
    public async Task TrustAsync(string pem)
    {
        ManagedAuthorities = pem;
        foreach (var node in Nodes) node.Trust(pem);
        await File.AppendAllTextAsync(Path.Combine(_lighthouse!.Directory, "authority.crt"), "\n" + pem);
        await Eventually.TrueAsync(() => _lighthouse.Process.Output.Contains("Took over changed authorities", StringComparison.Ordinal));
    }

    /// <summary>One more node, which is ready when this is over.</summary>
    public async Task<NodeProcess> JoinAsync(string name)
    {
        var node = NodeProcess.Start(name, this, Authority.Server("localhost", "127.0.0.1"));
        Nodes.Add(node);
        await node.ReadyAsync();
        return node;
    }

    /// <summary>
    /// As it was in the beginning: who joined later is gone, and who is gone is back. What one spec broke when it failed is no other spec's failure.
    /// </summary>
    public async Task MendAsync()
    {
        foreach (var late in Nodes.Skip(Planned).ToArray())
        {
            await late.DisposeAsync();
            Nodes.Remove(late);
        }

        if (Lighthouse.Process.HasExited) await StartLighthouseAgainAsync();
        for (var i = 0; i < Nodes.Count; i++)
        {
            if (!await Nodes[i].IsReadyAsync()) await ReplaceAsync(i);
        }
    }

    /// <summary>Starts another node of the same name in the place of one that is gone; it is ready when this is over.</summary>
    public async Task ReplaceAsync(int index)
    {
        await Nodes[index].DisposeAsync();
        Nodes[index] = Start(index);
        await Nodes[index].ReadyAsync();
    }

    int Planned => Plans.Count > 0 ? Plans.Count : 3;

    NodeProcess Start(int index) =>
        NodeProcess.Start($"gw-{index + 1}", this, Authority.Server("localhost", "127.0.0.1"), Plans.Count > index ? Plans[index] : null);

    /// <summary>A document like that of the nodes' connection echo, on a port that each node's system chooses.</summary>
    public string WriteConnection(ConfigurationFolder folder, string name)
    {
        Clients.WriteAuthority(folder.PathOf("clients.crt"));
        Upstreams.WriteAuthority(folder.PathOf("upstream.crt"));
        return folder.Write($"{name}.yaml", NodeProcess.Connection(name, 0, Upstream.Port));
    }

    /// <summary>A client's session through a node; its first bytes came back already.</summary>
    public Task<SslStream> OpenAsync(NodeProcess through) => OpenAsync(through.Address);

    /// <summary>The same at an address, of the client that has this certificate; null: one that is let in.</summary>
    public async Task<SslStream> OpenAsync(IPEndPoint address, X509Certificate2? certificate = null)
    {
        var authority = Path.Combine(Path.GetTempPath(), $"cluster-{Guid.NewGuid():N}.crt");
        try
        {
            var client = await TlsClient.ConnectAsync(address, Authority.WriteAuthority(authority), certificate ?? Clients.Client("camera-17"));
            await client.WriteAsync("hello"u8.ToArray());
            await client.ReadExactlyAsync(new byte[5]);
            return client;
        }
        finally
        {
            File.Delete(authority);
        }
    }

    public async Task DisposeAsync()
    {
        foreach (var node in Nodes) await node.DisposeAsync();
        if (_lighthouse is not null) await _lighthouse.DisposeAsync();
        if (Network is not null) await Network.DisposeAsync();
        await Upstream.DisposeAsync();
        if (_issuer is not null) await _issuer.DisposeAsync();
        await _postgres.DisposeAsync();
        _sealKey.Dispose();
        Authority.Dispose();
        Clients.Dispose();
        Upstreams.Dispose();
        Siem.Dispose();
    }
}

/// <summary>Runs alone: half a dozen processes that watch each other's heartbeats want the machine to themselves.</summary>
[CollectionDefinition(nameof(TestCluster), DisableParallelization = true)]
public sealed class TestClusterAlone : ICollectionFixture<TestCluster>;

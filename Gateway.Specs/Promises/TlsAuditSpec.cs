using System.Diagnostics.CodeAnalysis;
using Gateway.Specs.Audits;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>What an auditor's scanner, <c>sslscan</c>, finds out about a node's ports in seconds. <c>./build.sh audit tls</c> asks a second one, for minutes.</summary>
[SuppressMessage("Design", "CA1001", Justification = "xunit calls DisposeAsync.")]
public sealed class TlsAuditSpec : IAsyncLifetime
{
    const string Sound = "^(TLS_(AES|CHACHA20)|ECDHE-(ECDSA|RSA)-.*(GCM|CHACHA20))";

    /// <summary>Akka's transport has .NET choose: TLS 1.2, ephemeral keys always, and of two nodes GCM; CBC with a hash is offered as well.</summary>
    const string OfTheTransport = "^ECDHE-(ECDSA|RSA)-AES(128|256)-(GCM-)?SHA(256|384)$";

    readonly TestCertificates _clients = new("Clients CA");
    TestNode _node = null!;

    [RequiresTheory("sslscan")]
    [InlineData("strict", "1.3", Sound)]
    [InlineData("older", "1.2 1.3", Sound)]
    [InlineData("admin", "1.2 1.3", Sound)]
    [InlineData("remoting", "1.2", OfTheTransport)]
    public async Task A_scan_finds_only_what_is_meant_to_be_spoken(string port, string versions, string meant)
    {
        var run = await Tool.RunAsync("sslscan", "--no-colour", "--xml=-", $"127.0.0.1:{_node.PortOf(port)}");

        var found = ScanFinding.OfSslScan(port, run.Output, versions.Split(' '));
        Assert.DoesNotContain(found, f => f.IsTooBad);
        var meantVersions = versions.Split(' ').Select(version => $"tls{version}");
        Assert.Equal(meantVersions, found.Where(f => f.Text == "offered").Select(f => f.Id).Order());
        var suites = found.Where(f => f.IsSuite).Select(f => f.Id).ToArray();
        Assert.NotEmpty(suites);
        Assert.All(suites, suite => Assert.Matches(meant, suite));
    }

    public async Task InitializeAsync()
    {
        var folder = new ConfigurationFolder();
        _clients.WriteAuthority(folder.PathOf("clients.crt"));
        _node = await TestNode.StartAsync(folder, Connection("strict", "1.3") + Connection("older", "1.2"));
    }

    public async Task DisposeAsync()
    {
        await _node.DisposeAsync();
        _clients.Dispose();
    }

    static string Connection(string name, string version) => $$"""
        ---
        apiVersion: gateway/v1
        kind: Connection
        metadata: { name: {{name}} }
        spec:
          protocol: mqtt
          listen: { address: 127.0.0.1, port: 0 }
          tls: { minimumVersion: "{{version}}", clientCertificate: optional, clientAuthorities: clients.crt }
          upstream: { host: 127.0.0.1, port: 1, tls: {} }
          access: { subjects: [camera-17] }

        """;
}

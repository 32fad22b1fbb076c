using System.Diagnostics.CodeAnalysis;
using System.Xml.Linq;
using Akka.Actor;
using Akka.Cluster;
using Gateway.Specs.Support;
using Microsoft.Extensions.DependencyInjection;
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
        var run = await Tool.RunAsync("sslscan", "--no-colour", "--xml=-", $"127.0.0.1:{PortOf(port)}");

        var found = XDocument.Parse(run.Output[run.Output.IndexOf("<?xml", StringComparison.Ordinal)..]).Descendants("ssltest").Single();
        Assert.Equal(versions.Split(' '), found.Elements("protocol").Where(p => Is(p, "enabled")).Select(p => (string)p.Attribute("version")!).Order());
        var suites = found.Elements("cipher").Select(cipher => (string)cipher.Attribute("cipher")!).Distinct().ToArray();
        Assert.NotEmpty(suites);
        Assert.All(suites, suite => Assert.Matches(meant, suite));
        Assert.DoesNotContain(found.Elements("heartbleed"), tried => Is(tried, "vulnerable"));
        Assert.DoesNotContain(found.Elements("compression"), tried => Is(tried, "supported"));
        Assert.DoesNotContain(found.Elements("renegotiation"), tried => Is(tried, "supported") && !Is(tried, "secure"));
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

    static bool Is(XElement element, string attribute) => (string?)element.Attribute(attribute) == "1";

    int PortOf(string port) => port switch
    {
        "admin" => new Uri(_node.AdminUrl).Port,
        "remoting" => Cluster.Get(_node.Services.GetRequiredService<ActorSystem>()).SelfAddress.Port!.Value,
        _ => _node.Address(port).Port,
    };

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

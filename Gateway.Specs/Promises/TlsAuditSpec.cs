using System.Diagnostics.CodeAnalysis;
using System.Xml.Linq;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>What an auditor's scanner, <c>sslscan</c>, finds out about a node's ports.</summary>
[SuppressMessage("Design", "CA1001", Justification = "xunit calls DisposeAsync.")]
public sealed class TlsAuditSpec : IAsyncLifetime
{
    readonly TestCertificates _clients = new("Clients CA");
    TestNode _node = null!;

    [RequiresTheory("sslscan")]
    [InlineData("strict", "1.3")]
    [InlineData("older", "1.2 1.3")]
    [InlineData("admin", "1.2 1.3")]
    public async Task A_scan_finds_only_what_is_meant_to_be_spoken(string port, string versions)
    {
        var run = await Tool.RunAsync("sslscan", "--no-colour", "--xml=-", $"127.0.0.1:{PortOf(port)}");

        var found = XDocument.Parse(run.Output[run.Output.IndexOf("<?xml", StringComparison.Ordinal)..]).Descendants("ssltest").Single();
        Assert.Equal(versions.Split(' '), found.Elements("protocol").Where(p => Is(p, "enabled")).Select(p => (string)p.Attribute("version")!).Order());
        var suites = found.Elements("cipher").Select(cipher => (string)cipher.Attribute("cipher")!).Distinct().ToArray();
        Assert.NotEmpty(suites);
        Assert.All(suites, suite => Assert.Matches("^(TLS_(AES|CHACHA20)|ECDHE-(ECDSA|RSA)-.*(GCM|CHACHA20))", suite));
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

    int PortOf(string port) => port == "admin" ? new Uri(_node.AdminUrl).Port : _node.Address(port).Port;

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

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Gateway.Actors.Registry;
using Gateway.Specs.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Gateway.Specs.Audits;

/// <summary>
/// Every TLS port of a node, set up as the manuals say, before <c>sslscan</c> and <c>testssl</c>. Takes minutes: <c>./build.sh audit tls</c>.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The runner disposes of a spec by DisposeAsync.")]
public sealed class TlsAudit : IAsyncLifetime
{
    static readonly string[] s_operators = ["operators"];
    static readonly string[] s_strict = ["1.3"];
    static readonly string[] s_older = ["1.2", "1.3"];

    /// <summary>Akka's transport chooses it.</summary>
    static readonly string[] s_remoting = ["1.2"];

    /// <summary>128 and SIGKILL.</summary>
    const int Killed = 137;

    static readonly TimeSpan s_patience = TimeSpan.FromMinutes(20);

    readonly TestCertificates _clients = new("Clients CA");
    readonly ConfigurationFolder _documents = new();
    FakeIssuer _issuer = null!;

    [OnDemandFact("audit", "sslscan", "testssl")]
    public async Task Two_scanners_find_nothing_above_low_at_any_port()
    {
        var found = new List<ScanFinding>();
        // What is not the data path does not go by the engine.
        found.AddRange(await ScanNodeAsync("openssl", "strict", "older", "admin", "remoting"));
        found.AddRange(await ScanNodeAsync("sslstream", "strict", "older"));

        var report = Report(found);
        Directory.CreateDirectory(Repository.File("artifacts/audit"));
        await File.WriteAllTextAsync(Repository.File("artifacts/audit/tls.txt"), report);
        Assert.True(!found.Exists(f => f.IsTooBad), report);
    }

    public async Task InitializeAsync() => _issuer = await FakeIssuer.StartAsync();

    public async Task DisposeAsync()
    {
        await _issuer.DisposeAsync();
        _documents.Dispose();
        _clients.Dispose();
    }

    async Task<List<ScanFinding>> ScanNodeAsync(string engine, params string[] ports)
    {
        var folder = new ConfigurationFolder();
        _clients.WriteAuthority(folder.PathOf("clients.crt"));
        _clients.WriteAuthority(folder.PathOf("upstream.crt"));
        _clients.WriteAuthority(_documents.PathOf("clients.crt"));
        var http = FreePort.Next();
        await using var node = await TestNode.StartAsync(
            folder,
            // A node has at least one connection of its own.
            NodeProcess.Connection("own", 0, 1),
            new Dictionary<string, string?>
            {
                ["Tls:Engine"] = engine,
                ["Certificates:NodeCertificate"] = "node",
                ["Certificates:HttpAddress"] = "127.0.0.1",
                ["Certificates:HttpPort"] = $"{http}",
                ["Certificates:RevocationUrl"] = $"http://127.0.0.1:{http}",
            },
            _issuer.Options());
        var operators = _issuer.Mint(new TokenContent { Subject = "otto", Groups = s_operators });
        var (code, output) = await node.GatewayAsync(operators, "apply", "-f", _documents.Write("documents.yaml", Documents));
        Assert.True(code == 0, output);
        await ProvenAsync(node, "node");
        await ProvenAsync(node, "edge");
        var trusted = node.Opened.Certificates.ManagedAuthorities.Select(authority => authority.ExportCertificatePem());
        var authorities = _documents.Write("authorities.pem", string.Join('\n', trusted));

        var found = new List<ScanFinding>();
        foreach (var port in ports)
            found.AddRange(await ScanAsync($"{port} ({engine})", node.PortOf(port), VersionsOf(port), authorities));
        return found;
    }

    async Task<IEnumerable<ScanFinding>> ScanAsync(string name, int port, string[] versions, string authorities)
    {
        var target = string.Create(CultureInfo.InvariantCulture, $"localhost:{port}");
        var quick = await Tool.RunAsync("sslscan", "--no-colour", "--xml=-", "--ipv4", target);
        var json = _documents.PathOf($"{Guid.NewGuid():N}.json");
        // It is no web server's port, and nothing is asked of the world.
        var slow = await Tool.RunAsync(
            s_patience, "testssl", "--warnings", "off", "--color", "0", "--quiet", "--ip", "127.0.0.1", "--nodns", "none",
            "--add-ca", authorities, "--jsonfile", json, "-p", "-s", "-f", "-P", "-S", "-U", target);
        if (slow.ExitCode == Killed)
            throw new InvalidOperationException($"testssl was not done with {name} within {s_patience.TotalMinutes} minutes; try again when less is going on");
        if (!File.Exists(json)) throw new InvalidOperationException($"testssl ended with {slow.ExitCode} and no report:\n{slow.Output}");
        return [.. ScanFinding.OfSslScan(name, quick.Output, versions), .. ScanFinding.OfTestSsl(name, await File.ReadAllTextAsync(json))];
    }

    static string[] VersionsOf(string port) => port switch { "strict" => s_strict, "remoting" => s_remoting, _ => s_older };

    static Task ProvenAsync(TestNode node, string name) => Eventually.TrueAsync(() =>
        node.Services.GetRequiredService<IRegistry>().Current.Certificates.All[name].Active is { ProvenAt: not null });

    static string Report(List<ScanFinding> found)
    {
        var severities = Enum.GetValues<ScanSeverity>();
        var lines = new List<string>
        {
            $"tls audit: {found.Select(f => f.Port).Distinct().Count()} ports, sslscan and testssl; what is above Low fails",
            "",
            $"{"PORT",-22}{"SCANNER",-9}" + string.Concat(severities.Select(severity => $"{severity,9}")),
        };
        lines.AddRange(found.GroupBy(f => (f.Port, f.Scanner)).Select(group =>
            $"{group.Key.Port,-22}{group.Key.Scanner,-9}" + string.Concat(severities.Select(s => $"{group.Count(f => f.Severity == s),9}"))));
        lines.Add("");
        lines.AddRange(found.Where(f => f.Severity >= ScanSeverity.Warn).OrderByDescending(f => f.Severity)
            .Select(f => $"{f.Severity,-9}{f.Port,-22}{f.Scanner,-9}{f.Id}: {f.Text}"));
        return string.Join('\n', lines) + "\n";
    }

    // A year: testssl counts the days that are left by what people who renew by hand need.
    const string Documents = """
        apiVersion: gateway/v1
        kind: Certificate
        metadata: { name: node }
        spec: { source: internal, names: [localhost, 127.0.0.1], lifetime: 366d }
        ---
        apiVersion: gateway/v1
        kind: Certificate
        metadata: { name: edge }
        spec: { source: internal, names: [localhost, 127.0.0.1], lifetime: 366d }
        ---
        apiVersion: gateway/v1
        kind: Connection
        metadata: { name: strict }
        spec:
          protocol: mqtt
          listen: { address: 127.0.0.1, port: 0 }
          tls: { certificate: edge, clientCertificate: required, clientAuthorities: clients.crt }
          upstream: { host: 127.0.0.1, port: 1, tls: {} }
          access: { subjects: [camera-17] }
        ---
        apiVersion: gateway/v1
        kind: Connection
        metadata: { name: older }
        spec:
          protocol: mqtt
          listen: { address: 127.0.0.1, port: 0 }
          tls: { certificate: edge, minimumVersion: "1.2", clientCertificate: optional, clientAuthorities: clients.crt }
          upstream: { host: 127.0.0.1, port: 1, tls: {} }
          access: { subjects: [camera-17] }
        """;
}

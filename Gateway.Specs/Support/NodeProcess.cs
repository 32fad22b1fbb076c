using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Gateway.Cli;

namespace Gateway.Specs.Support;

/// <summary>A real gateway node process of a cluster, and the <c>gateway</c> command that speaks to it.</summary>
public sealed class NodeProcess : IAsyncDisposable
{
    readonly ConfigurationFolder _folder;
    readonly string _authority;
    readonly Func<string> _token;

    NodeProcess(SpecProcess process, ConfigurationFolder folder, string authority, Func<string> token, IPEndPoint address, int admin, int remoting) =>
        (Process, _folder, _authority, _token, Address, AdminPort, RemotingPort) = (process, folder, authority, token, address, admin, remoting);

    public SpecProcess Process { get; }

    /// <summary>Where its connection <c>echo</c> listens.</summary>
    public IPEndPoint Address { get; }

    public int Port => Address.Port;

    /// <summary>Of its admin API, on loopback.</summary>
    public int AdminPort { get; }

    /// <summary>At which other members of the cluster speak to it, on loopback.</summary>
    public int RemotingPort { get; }

    /// <summary>Starts a node; it is up when <see cref="ReadyAsync"/> is over.</summary>
    public static NodeProcess Start(string name, TestCluster cluster, X509Certificate2 certificate, NodePlan? plan = null)
    {
        var folder = new ConfigurationFolder();
        var address = plan?.Address ?? new IPEndPoint(IPAddress.Loopback, FreePort.Next());
        var (admin, remoting) = (plan?.AdminPort ?? FreePort.Next(), FreePort.Next());
        TestCertificates.Write(certificate, folder.Root, "node");
        folder.WriteSecret("seal.key", cluster.SealKeyPem);
        folder.WriteSecret("cluster.key", cluster.ClusterKey);
        folder.WriteSecret("journal.connection", cluster.Database);
        File.WriteAllText(folder.PathOf("cluster.crt"), cluster.Authority.Authority.ExportCertificatePem() + "\n" + cluster.ManagedAuthorities);
        cluster.Siem.WriteAuthority(folder.PathOf("siem.crt"));
        folder.WriteSecret("webhook.keys", $"whsec_{cluster.ClusterKey}");
        cluster.Clients.WriteAuthority(folder.PathOf("clients.crt"));
        cluster.Upstreams.WriteAuthority(folder.PathOf("upstream.crt"));
        folder.Write("appsettings.json", Settings(name, cluster, admin, remoting, plan?.Host?.Address ?? "127.0.0.1"));
        folder.Write("connections.yaml", Connection("echo", address.Port, cluster.Upstream.Port, address: $"{address.Address}") + plan?.Connections);
        foreach (var (file, secret) in plan?.Secrets ?? []) folder.WriteSecret(file, secret);
        var process = SpecProcess.StartOn(plan?.Host, "gateway-node", folder.Root, plan?.Settings ?? [], "--contentRoot", folder.Root);
        return new NodeProcess(process, folder, folder.PathOf("cluster.crt"), () => cluster.AuditorToken, address, admin, remoting);
    }

    /// <summary>Waits until the node carries sessions.</summary>
    public async Task ReadyAsync()
    {
        using var http = Http();
        await Eventually.AssertAsync(
            async () =>
            {
                Xunit.Assert.False(Process.HasExited, Process.Output);
                Xunit.Assert.True(await IsReadyAsync(http), Process.Output);
            },
            TimeSpan.FromSeconds(60));
    }

    public async Task<bool> IsReadyAsync()
    {
        using var http = Http();
        return await IsReadyAsync(http);
    }

    /// <summary>The time of day that it tells with its answers, in whole seconds.</summary>
    public async Task<DateTimeOffset> DateAsync()
    {
        using var http = Http();
        using var answer = await http.GetAsync(new Uri($"https://localhost:{AdminPort}/health/live"));
        return answer.Headers.Date ?? throw new InvalidOperationException("The answer has no date.");
    }

    /// <summary>Whoever speaks to this node, the <c>gateway</c> command too, trusts these authorities beside those of its files.</summary>
    public void Trust(string pem) => File.AppendAllText(_authority, "\n" + pem);

    /// <summary>Runs the <c>gateway</c> command against this node, as an auditor and operator, each time with a new token: soaks outlive one.</summary>
    public async Task<(int Code, string Output)> GatewayAsync(params string[] command)
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        string[] whole = [.. command, "--node", $"https://localhost:{AdminPort}", "--ca", _authority, "--token", _token()];
        var code = await CommandLine.RunAsync(whole, new CliOutput(output, errors), _ => null);
        return (code, $"{output}{errors}");
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _folder.Dispose();
    }

    async Task<bool> IsReadyAsync(HttpClient http)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri($"https://localhost:{AdminPort}/health/ready"));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    HttpClient Http()
    {
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.ImportFromPemFile(_authority);
        return new HttpClient(new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = trust } }) { Timeout = TimeSpan.FromSeconds(5) };
    }

    static string Settings(string name, TestCluster cluster, int admin, int remoting, string host) => JsonSerializer.Serialize(new
    {
        Logging = new { LogLevel = new { Default = "Information", Microsoft = "Warning" } },
        Gateway = new
        {
            Node = new { Name = name, DrainNotice = "0s", DrainGrace = "1s" },
            Cluster = new { Host = host, Port = remoting, Lighthouses = cluster.Lighthouses },
            Journal = new { Provider = "PostgreSql", ConnectionStringFile = "journal.connection", SealKeyFile = "seal.key" },
            Registry = new { KeyFile = "cluster.key" },
            Certificates = new { CertificateFile = "node.crt", KeyFile = "node.key", ClusterAuthoritiesFile = "cluster.crt", NodeCertificate = "node" },
            Admin = new { Port = admin, AuditorGroups = cluster.AdminGroups, OperatorGroups = cluster.AdminGroups },
            Events = new
            {
                Outlets = new[]
                {
                    Outlet("syslog", "Syslog", $"localhost:{cluster.SyslogPort}", ("CertificateFile", "node.crt"), ("KeyFile", "node.key")),
                    Outlet("webhook", "Webhook", $"https://localhost:{cluster.WebhookPort}/hook", ("SigningKeysFile", "webhook.keys")),
                },
            },
            Issuers = new[] { new { cluster.Issuer.Name, cluster.Issuer.Authority, cluster.Issuer.Audience, cluster.Issuer.AuthoritiesFile } },
        },
    });

    static Dictionary<string, string> Outlet(string name, string kind, string address, params (string Setting, string Value)[] more)
    {
        var outlet = more.ToDictionary(setting => setting.Setting, setting => setting.Value);
        (outlet["Name"], outlet["Kind"], outlet["Address"], outlet["AuthoritiesFile"]) = (name, kind, address, "siem.crt");
        return outlet;
    }

    /// <summary>A connection that lets one subject in.</summary>
    public static string Connection(string name, int port, int upstream, string subject = "camera-17", string serverName = "localhost", string address = "127.0.0.1") =>
        $$"""
        apiVersion: gateway/v1
        kind: Connection
        metadata: { name: {{name}} }
        spec:
          protocol: tls
          listen: { address: {{address}}, port: {{port}} }
          tls: { clientCertificate: required, clientAuthorities: clients.crt }
          upstream:
            host: 127.0.0.1
            port: {{upstream}}
            tls: { serverName: {{serverName}}, authorities: upstream.crt }
          access: { subjects: [{{subject}}] }
        """;
}

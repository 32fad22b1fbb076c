using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Gateway.Benchmarks.Machine;
using Gateway.Benchmarks.Relays;
using Gateway.Benchmarks.Tls;

namespace Gateway.Benchmarks.Scale;

/// <summary>A lighthouse and nodes that share a journal in PostgreSQL, all on this machine. All of it goes when this is disposed.</summary>
sealed class BenchCluster : IAsyncDisposable
{
    readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("gateway-benchmark-cluster");
    readonly List<(RunningProgram Program, int Admin)> _nodes = [];
    PostgresProgram? _journal;
    RunningProgram? _lighthouse;
    CertificateFiles? _certificates;
    long _began;
    double _up;

    BenchCluster()
    {
    }

    /// <summary>Starts all processes at once, and waits until every node is ready.</summary>
    public static async Task<BenchCluster> Start(int nodes, Executables executables, CancellationToken cancel)
    {
        foreach (var file in new[] { executables.Node, executables.Lighthouse })
        {
            if (!File.Exists(file)) throw new RelayStartException($"{file} does not exist; build it in Release");
        }

        var cluster = new BenchCluster();
        try
        {
            await cluster.StartAll(nodes, executables, cancel);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>What it costs that they are there.</summary>
    public async Task<ClusterPoint> Watch(ScaleSettings settings, CancellationToken cancel)
    {
        // Each compiles what it runs, and all of them on the same cores: the more they are, the longer it takes.
        await Task.Delay(settings.Settling * Math.Max(1, _nodes.Count / 2), cancel);
        var shares = await Scale.Watch.SharesAsync(
            [_lighthouse!.Tree, _journal!.Tree, .. _nodes.Select(n => n.Program.Tree)], settings.Watched, cancel);
        return new ClusterPoint(
            _nodes.Count, _up, _nodes.Average(n => n.Program.Tree.ResidentBytes()), shares[2..].Average(), _lighthouse.Tree.ResidentBytes(), shares[0], shares[1]);
    }

    public async ValueTask DisposeAsync()
    {
        // All are told before any is waited for, and so that the last ones find nobody missing.
        await Task.WhenAll(_nodes.Select(node => node.Program.DisposeAsync().AsTask()));
        if (_lighthouse is not null) await _lighthouse.DisposeAsync();
        if (_journal is not null) await _journal.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    async Task StartAll(int nodes, Executables executables, CancellationToken cancel)
    {
        _journal = await PostgresProgram.Start(cancel);
        _certificates = CertificateFiles.Create(_directory.FullName);
        using var seal = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Secret("seal.key", seal.ExportPkcs8PrivateKeyPem());
        Secret("cluster.key", Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        var ports = FreePorts.Take(1 + 3 * nodes);
        _began = Stopwatch.GetTimestamp();
        _lighthouse = RunningProgram.Start(executables.Lighthouse, Lighthouse(ports[0]), Folder("lighthouse"));
        for (var i = 0; i < nodes; i++)
        {
            var (remoting, admin, listen) = (ports[1 + 3 * i], ports[2 + 3 * i], ports[3 + 3 * i]);
            var directory = Folder($"gw-{i + 1}");
            await File.WriteAllTextAsync(Path.Combine(directory, "appsettings.json"), Settings($"gw-{i + 1}", ports[0], remoting, admin, directory), cancel);
            await File.WriteAllTextAsync(Path.Combine(directory, "connections.yaml"), Connection(listen), cancel);
            _nodes.Add((RunningProgram.Start(executables.Node, [], directory, GatewayRelay.ProcessEnvironment), admin));
        }

        using var http = GatewayRelay.Trusting(_certificates.Authority);
        await Task.WhenAll(_nodes.Select(node => node.Program.Becomes(
            () => GatewayRelay.IsReady(http, new Uri($"https://127.0.0.1:{node.Admin}/health/ready"), cancel), cancel)));
        _up = Stopwatch.GetElapsedTime(_began).TotalSeconds;
    }

    string Folder(string name) => _directory.CreateSubdirectory(name).FullName;

    void Secret(string name, string text)
    {
        var path = Path.Combine(_directory.FullName, name);
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    string[] Lighthouse(int port) =>
    [
        "--Lighthouse:Host=127.0.0.1", $"--Lighthouse:Port={port}", $"--Lighthouse:Seeds:0=127.0.0.1:{port}", "--Lighthouse:Name=lighthouse",
        $"--Lighthouse:CertificateFile={_certificates!.ServerCertificate}", $"--Lighthouse:KeyFile={_certificates.ServerKey}",
        $"--Lighthouse:ClusterAuthoritiesFile={_certificates.Authority}",
    ];

    string Settings(string name, int lighthouse, int remoting, int admin, string directory) => JsonSerializer.Serialize(new
    {
        Logging = new { LogLevel = new { Default = "Warning" } },
        Gateway = new
        {
            Node = new { Name = name, DataDirectory = Path.Combine(directory, "data"), DrainNotice = "0s", DrainGrace = "1s" },
            Cluster = new { Host = "127.0.0.1", Port = remoting, Lighthouses = new[] { $"127.0.0.1:{lighthouse}" } },
            Journal = new { Provider = "PostgreSql", _journal!.ConnectionString, SealKeyFile = Path.Combine(_directory.FullName, "seal.key") },
            Registry = new { KeyFile = Path.Combine(_directory.FullName, "cluster.key") },
            Certificates = new
            {
                CertificateFile = _certificates!.ServerCertificate,
                KeyFile = _certificates.ServerKey,
                ClusterAuthoritiesFile = _certificates.Authority,
            },
            Admin = new { Address = "127.0.0.1", Port = admin },
        },
    });

    string Connection(int port) =>
        $$"""
        apiVersion: gateway/v1
        kind: Connection
        metadata: { name: raw }
        spec:
          protocol: tls
          listen: { address: 127.0.0.1, port: {{port}} }
          tls: { clientCertificate: required, clientAuthorities: {{_certificates!.Authority}} }
          upstream:
            host: 127.0.0.1
            port: 1
            tls: { serverName: {{CertificateFiles.ServerName}}, authorities: {{_certificates.Authority}} }
          access: { subjects: [{{CertificateFiles.ClientName}}] }
        """;
}

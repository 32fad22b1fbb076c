using System.Net;
using Gateway.Benchmarks.Machine;
using Gateway.Benchmarks.Tls;

namespace Gateway.Benchmarks.Relays;

/// <summary>HAProxy in TCP mode with one thread.</summary>
sealed class HaproxyRelay : IRelay
{
    readonly IReadOnlyDictionary<Route, int> _ports;
    readonly RunningProgram _program;

    HaproxyRelay(IReadOnlyDictionary<Route, int> ports, RunningProgram program, string version, string configuration) =>
        (_ports, _program, Version, Configuration) = (ports, program, version, configuration);

    public static string Title => "haproxy";

    public static bool IsInstalled => RunningProgram.Find(Title) is not null;

    public string Name => Title;

    public string Version { get; }

    public string CommandLine => "haproxy -db -f DIRECTORY/haproxy/haproxy.cfg";

    public string Configuration { get; }

    public ProcessTree Processes => _program.Tree;

    public IJournalSize? Journal => null;

    public IPEndPoint Address(Route route) => new(IPAddress.Loopback, _ports[route]);

    public static async Task<IRelay> Start(RelayPlan plan, CancellationToken cancel)
    {
        var program = RunningProgram.Find(Title) ?? throw new RelayStartException("it is not installed");
        var directory = plan.DirectoryOf(Title);
        var ports = RelayPlan.FreePorts();
        var configuration = Configure(plan, ports);
        var file = Path.Combine(directory, "haproxy.cfg");
        await File.WriteAllTextAsync(file, configuration, cancel);
        var running = RunningProgram.Start(program, ["-db", "-f", file], directory);
        foreach (var port in ports.Values) await running.ListensOn(port, cancel);
        var version = await RunningProgram.VersionOf(program, "-v", cancel);
        return new HaproxyRelay(ports, running, version.Replace(" - https://haproxy.org/", ""), configuration);
    }

    public ValueTask DisposeAsync() => _program.DisposeAsync();

    static string Configure(RelayPlan plan, IReadOnlyDictionary<Route, int> ports) =>
        $"""
        global
          nbthread 1
          maxconn 9000
          ssl-default-bind-options ssl-min-ver TLSv1.3
          ssl-default-bind-ciphersuites {TlsContext.Suite}
          ssl-default-server-options ssl-min-ver TLSv1.3
          ssl-default-server-ciphersuites {TlsContext.Suite}
        defaults
          mode tcp
          timeout connect 10s
          timeout client 10m
          timeout server 10m
        {string.Concat(Enum.GetValues<Route>().Select(r => Section(plan, r, ports[r])))}
        """;

    static string Section(RelayPlan plan, Route route, int port) =>
        $"""
        frontend in-{route}
          bind 127.0.0.1:{port} ssl crt {plan.Certificates.ServerPair} ca-file {plan.Certificates.Authority} verify required
          default_backend out-{route}
        backend out-{route}
          server one 127.0.0.1:{plan.Backend.For(route)} ssl {Verified(plan)}{(route == Route.RawResuming ? "" : " no-ssl-reuse")}

        """;

    static string Verified(RelayPlan plan) =>
        $"verify required ca-file {plan.Certificates.Authority} "
        + $"verifyhost {CertificateFiles.ServerName} sni str({CertificateFiles.ServerName})";
}

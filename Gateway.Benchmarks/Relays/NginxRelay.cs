using System.Net;
using Gateway.Benchmarks.Machine;
using Gateway.Benchmarks.Tls;

namespace Gateway.Benchmarks.Relays;

/// <summary>nginx's stream module with one worker: the relay that all others are compared with.</summary>
sealed class NginxRelay : IRelay
{
    const string Module = "/usr/lib/nginx/modules/ngx_stream_module.so";

    readonly IReadOnlyDictionary<Route, int> _ports;
    readonly RunningProgram _program;

    NginxRelay(IReadOnlyDictionary<Route, int> ports, RunningProgram program, string version, string configuration) =>
        (_ports, _program, Version, Configuration) = (ports, program, version, configuration);

    public static string Title => "nginx";

    public static bool IsInstalled => RunningProgram.Find(Title) is not null && File.Exists(Module);

    public string Name => Title;

    public string Version { get; }

    public string CommandLine => "nginx -e stderr -p DIRECTORY/nginx -c DIRECTORY/nginx/nginx.conf";

    public string Configuration { get; }

    public ProcessTree Processes => _program.Tree;

    public IJournalSize? Journal => null;

    public IPEndPoint Address(Route route) => new(IPAddress.Loopback, _ports[route]);

    public static async Task<IRelay> Start(RelayPlan plan, CancellationToken cancel)
    {
        var program = RunningProgram.Find(Title) ?? throw new RelayStartException("it is not installed");
        var directory = plan.DirectoryOf(Title);
        var ports = RelayPlan.FreePorts();
        var configuration = Configure(plan, directory, ports);
        var file = Path.Combine(directory, "nginx.conf");
        await File.WriteAllTextAsync(file, configuration, cancel);
        string[] arguments = ["-e", "stderr", "-p", directory, "-c", file];
        var running = RunningProgram.Start(program, arguments, directory);
        foreach (var port in ports.Values) await running.ListensOn(port, cancel);
        var version = await RunningProgram.VersionOf(program, "-v", cancel);
        return new NginxRelay(ports, running, version.Replace("nginx version: ", ""), configuration);
    }

    public ValueTask DisposeAsync() => _program.DisposeAsync();

    static string Configure(RelayPlan plan, string directory, IReadOnlyDictionary<Route, int> ports) =>
        $$"""
        load_module {{Module}};
        daemon off;
        worker_processes 1;
        worker_rlimit_nofile 20000;
        pid {{directory}}/nginx.pid;
        error_log stderr error;
        events { worker_connections 20000; }
        stream {
          ssl_protocols TLSv1.3;
          ssl_conf_command Ciphersuites {{TlsContext.Suite}};
          ssl_certificate {{plan.Certificates.ServerCertificate}};
          ssl_certificate_key {{plan.Certificates.ServerKey}};
          ssl_client_certificate {{plan.Certificates.Authority}};
          ssl_verify_client on;
          proxy_ssl on;
          proxy_ssl_protocols TLSv1.3;
          proxy_ssl_conf_command Ciphersuites {{TlsContext.Suite}};
          proxy_ssl_trusted_certificate {{plan.Certificates.Authority}};
          proxy_ssl_verify on;
          proxy_ssl_name {{CertificateFiles.ServerName}};
          proxy_ssl_server_name on;
        {{string.Concat(ports.Select(p => Server(p.Value, plan.Backend.For(p.Key), p.Key == Route.RawResuming)))}}
        }

        """;

    static string Server(int port, int backend, bool resuming) =>
        $$"""
          server { listen 127.0.0.1:{{port}} ssl; proxy_pass 127.0.0.1:{{backend}}; proxy_ssl_session_reuse {{(resuming ? "on" : "off")}}; }

        """;
}

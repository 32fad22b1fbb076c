using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Benchmarks.Machine;
using Gateway.Benchmarks.Tls;

namespace Gateway.Benchmarks.Relays;

/// <summary>
/// The gateway: one node, a cluster of its own, as the executable that carries traffic, with a generated configuration. Everything is on
/// that is on by default (identity by client certificate, access rules), and recording as the flavour says.
/// </summary>
sealed class GatewayRelay : IRelay
{
    readonly IReadOnlyDictionary<Route, int> _ports;
    readonly RunningProgram _program;
    readonly PostgresProgram? _journal;
    readonly GatewayFlavour _flavour;
    readonly string _data;

    GatewayRelay(
        GatewayFlavour flavour, IReadOnlyDictionary<Route, int> ports, RunningProgram program, PostgresProgram? journal, string data, string configuration) =>
        (_flavour, _ports, _program, _journal, _data, Configuration) = (flavour, ports, program, journal, data, configuration);

    public string Name => _flavour.Name;

    public string Version => $"gateway-node {typeof(Actors.Hosting.GatewayOptions).Assembly.GetName().Version?.ToString(3)}";

    /// <summary>As the image sets it (deploy/images/Dockerfile).</summary>
    public static IReadOnlyDictionary<string, string> ProcessEnvironment { get; } = new Dictionary<string, string> { ["DOTNET_GCgen0size"] = "0x1000000" };

    public string CommandLine => $"{string.Join(' ', ProcessEnvironment.Select(e => $"{e.Key}={e.Value}"))} gateway-node (in DIRECTORY/{Name})";

    public string Configuration { get; }

    public ProcessTree Processes => _program.Tree;

    public IJournalSize? Journal => !_flavour.KeepsEveryByte ? null
        : _journal is { } server ? new PostgresSize(server.ConnectionString)
        : new SqliteSize(Path.Combine(_data, "journal.db"));

    public IPEndPoint Address(Route route) => new(IPAddress.Loopback, _ports[route]);

    /// <summary>Starts the node at <paramref name="executable"/> and waits until it says that it is ready.</summary>
    public static async Task<IRelay> Start(GatewayFlavour flavour, RelayPlan plan, string executable, CancellationToken cancel)
    {
        if (!File.Exists(executable)) throw new RelayStartException($"{executable} does not exist; build Gateway.Node in Release");
        var directory = plan.DirectoryOf(flavour.Name);
        var journal = flavour.OnPostgreSql ? await PostgresProgram.Start(cancel) : null;
        try
        {
            return await Start(flavour, plan, executable, directory, journal, cancel);
        }
        catch when (journal is not null)
        {
            await journal.DisposeAsync();
            throw;
        }
    }

    static async Task<IRelay> Start(
        GatewayFlavour flavour, RelayPlan plan, string executable, string directory, PostgresProgram? journal, CancellationToken cancel)
    {
        var ports = RelayPlan.FreePorts();
        var admin = FreePorts.Take(1)[0];
        var settings = Settings(plan, directory, admin, journal);
        var connections = string.Join("---\n", s_protocols.Select(p => Connection(p.Name, p.Protocol, flavour, plan, p.Route, ports)));
        await File.WriteAllTextAsync(Path.Combine(directory, "appsettings.json"), settings, cancel);
        await File.WriteAllTextAsync(Path.Combine(directory, "connections.yaml"), connections, cancel);
        var running = RunningProgram.Start(executable, [], directory, ProcessEnvironment);
        try
        {
            using var http = Trusting(plan.Certificates.Authority);
            await running.Becomes(() => IsReady(http, new Uri($"https://127.0.0.1:{admin}/health/ready"), cancel), cancel);
        }
        catch (RelayStartException)
        {
            await running.DisposeAsync();
            throw;
        }

        return new GatewayRelay(flavour, ports, running, journal, DataOf(directory), $"{settings}\n\n{connections}");
    }

    public async ValueTask DisposeAsync()
    {
        await _program.DisposeAsync();
        if (_journal is not null) await _journal.DisposeAsync();
    }

    static readonly (string Name, string Protocol, Route Route)[] s_protocols =
    [
        ("raw", "tls", Route.Raw), ("raw-resuming", "tls", Route.RawResuming), ("mqtt", "mqtt", Route.Mqtt), ("kafka", "kafka", Route.Kafka), ("kafka-masked", "kafka", Route.KafkaMasked),
        ("kafka-avro-masked", "kafka", Route.KafkaAvroMasked), ("kafka-login", "kafka", Route.KafkaLogin),
    ];

    static string Settings(RelayPlan plan, string directory, int admin, PostgresProgram? journal) => JsonSerializer.Serialize(
        new
        {
            Logging = new { LogLevel = new { Default = "Warning" } },
            Gateway = new
            {
                Node = new { Name = "benchmark", DataDirectory = DataOf(directory) },
                Cluster = new { Host = "127.0.0.1", Port = 0 },
                Journal = new { Provider = journal is null ? "Sqlite" : "PostgreSql", journal?.ConnectionString },
                Certificates = new
                {
                    CertificateFile = plan.Certificates.ServerCertificate,
                    KeyFile = plan.Certificates.ServerKey,
                    ClusterAuthoritiesFile = plan.Certificates.Authority,
                },
                Issuers = new[] { new { Name = Issuer, Authority = plan.Issuer, OneIssuer.Audience, AuthoritiesFile = plan.Certificates.Authority } },
                Admin = new { Address = "127.0.0.1", Port = admin },
            },
        },
        s_indented);

    static string DataOf(string directory) => Path.Combine(directory, "data");

    static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    static string Connection(
        string name, string protocol, GatewayFlavour flavour, RelayPlan plan, Route route, IReadOnlyDictionary<Route, int> ports) =>
        $$"""
        apiVersion: gateway/v1
        kind: Connection
        metadata:
          name: {{name}}
        spec:
          protocol: {{protocol}}
          listen: { address: 127.0.0.1, port: {{ports[route]}} }
          tls:
            minimumVersion: "1.3"
            clientCertificate: required
            clientAuthorities: {{plan.Certificates.Authority}}
          upstream:
            host: 127.0.0.1
            port: {{plan.Backend.For(route)}}
            tls: { serverName: {{CertificateFiles.ServerName}}, authorities: {{plan.Certificates.Authority}}, minimumVersion: "1.3" }
          access:
            subjects: [{{CertificateFiles.ClientName}}]{{(route is Route.KafkaLogin ? ByToken : "")}}
        {{Rules(route, plan)}}  recording: { level: {{flavour.Level}}, mode: pipelined, compression: adaptive }
          limits: { maxSessions: 12000, idleTimeout: 10m }

        """;

    static string Rules(Route route, RelayPlan plan) => route switch
    {
        Route.Mqtt => AllowedTopics,
        Route.Kafka or Route.KafkaLogin => ReadOrWritten,
        Route.KafkaMasked => ReadOrWritten + MaskedField,
        Route.KafkaAvroMasked => ReadOrWritten + MaskedAvroField(plan),
        _ => "",
    };

    const string Issuer = "benchmark", ByToken = $"\n    issuers: [{Issuer}]";

    const string AllowedTopics =
        """
          operations:
            allow:
              - { operation: publish, resource: "#" }
              - { operation: subscribe, resource: "#" }

        """;

    const string ReadOrWritten =
        """
          operations:
            allow:
              - { operation: produce, resource: "read*" }
              - { operation: consume, resource: "read*" }
            deny:
              - { operation: "*", resource: "*secret*" }

        """;

    const string MaskedField =
        """
          masking:
            rules:
              - { name: owner, topics: ["readings"], json: [$.owner], action: redact }

        """;

    static string MaskedAvroField(RelayPlan plan) =>
        $$"""
          masking:
            schemaRegistry: { url: "{{plan.Registry}}", authorities: {{plan.Certificates.Authority}} }
            rules:
              - { name: card, topics: ["readings"], avro: [$.card.number], action: redact }

        """;

    /// <summary>Asks nodes with certificates of that authority.</summary>
    public static HttpClient Trusting(string authorityFile)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(authorityFile);
        var handler = new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy } };
        return new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(5) };
    }

    public static async Task<bool> IsReady(HttpClient http, Uri uri, CancellationToken cancel)
    {
        try
        {
            using var response = await http.GetAsync(uri, cancel);
            return response.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !cancel.IsCancellationRequested))
        {
            return false;
        }
    }
}

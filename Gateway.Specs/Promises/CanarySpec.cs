using System.Diagnostics;
using System.Text;
using Gateway.Cli;
using Gateway.Specs.Support;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>
/// Upstream passwords are planted wherever they may come from, used, refused and asked for in every way there is; then everything the node said and
/// keeps is searched for them, and for the tokens that clients logged in with.
/// </summary>
public sealed class CanarySpec : IAsyncLifetime, IDisposable
{
    const string Wrong = "canary-that-the-broker-refuses";

    static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(60);
    static readonly string[] s_everybody = ["operators", "auditors", "telemetry"];

    readonly TestCertificates _upstreams = new("Upstream CA");
    readonly ConfigurationFolder _documents = new();
    readonly StringBuilder _said = new();
    readonly List<string> _tokens = [];
    FakeIssuer _issuer = null!;

    [RequiresFact("mosquitto")]
    public async Task No_upstream_password_is_in_any_log_answer_metric_journal_or_command_line()
    {
        await using var broker = await Mosquitto.StartAsync(_upstreams.Server());
        var variable = $"GATEWAY_SECRET_{Guid.NewGuid():N}";
        Environment.SetEnvironmentVariable(variable, broker.Password);
        var node = await StartAsync(broker);
        await SetSecretAsync(node, "broker", broker.Password);
        await SetSecretAsync(node, "wrong", Wrong);
        foreach (var (name, login) in new[]
        {
            ("sealed", "passwordSecret: broker"), ("mounted", "passwordFile: broker"), ("variable", $"passwordEnvironment: {variable}"), ("wrong", "passwordSecret: wrong"),
        })
        {
            await RunAsync(node, ExitCode.Ok, "apply", "-f", _documents.Write($"{name}.yaml", Document(name, broker.Port, login)));
        }

        foreach (var name in new[] { "sealed", "mounted", "variable" })
        {
            var (client, _) = await MqttClients.ConnectAsync(MqttClients.Options(node, Token(), MqttProtocolVersion.V500, name));
            using (client)
            {
                await client.PublishStringAsync("sensors/1", "x", MqttQualityOfServiceLevel.AtLeastOnce);
                await client.DisconnectAsync();
            }
        }

        using (var refused = new MqttClientFactory().CreateMqttClient())
        {
            var answer = await refused.ConnectAsync(MqttClients.Options(node, Token(), MqttProtocolVersion.V500, "wrong").Build());
            _said.AppendLine($"{answer.ResultCode} {answer.ReasonString}");
            Assert.NotEqual(MqttClientConnectResultCode.Success, answer.ResultCode);
        }

        await AskEverythingAsync(node);
        await SearchAsync(node, broker.Password, Wrong);
    }

    public async Task InitializeAsync()
    {
        _issuer = await FakeIssuer.StartAsync();
        _upstreams.WriteAuthority(_documents.PathOf("upstream.crt"));
    }

    public async Task DisposeAsync()
    {
        await _issuer.DisposeAsync();
        _documents.Dispose();
    }

    public void Dispose() => _upstreams.Dispose();

    async Task<TestNode> StartAsync(Mosquitto broker)
    {
        var folder = new ConfigurationFolder();
        _upstreams.WriteAuthority(folder.PathOf("upstream.crt"));
        // Beside the node's own files, which are searched.
        Directory.CreateDirectory(_documents.PathOf("secrets"));
        _documents.WriteSecret("secrets/broker", broker.Password);
        var settings = new Dictionary<string, string?> { ["Registry:SecretsDirectory"] = _documents.PathOf("secrets") };
        return await TestNode.StartAsync(folder, Document("own", broker.Port, "passwordSecret: broker"), settings, _issuer.Options());
    }

    /// <summary>By the real command, from standard input, while somebody looks at the machine's processes.</summary>
    async Task SetSecretAsync(TestNode node, string name, string secret)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(CommandLine).Assembly.Location, "secrets", "set", name])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["GATEWAY_NODE"] = node.AdminUrl;
        start.Environment["GATEWAY_CA"] = node.AuthorityFile;
        start.Environment["GATEWAY_TOKEN"] = Token();
        using var command = Process.Start(start)!;
        await command.StandardInput.WriteAsync(secret + "\n");
        _said.AppendLine(CommandLines());
        command.StandardInput.Close();
        _said.AppendLine(await command.StandardOutput.ReadToEndAsync().WaitAsync(s_deadline)).AppendLine(await command.StandardError.ReadToEndAsync().WaitAsync(s_deadline));
        await command.WaitForExitAsync().WaitAsync(s_deadline);
        Assert.True(command.ExitCode == 0, _said.ToString());
    }

    async Task AskEverythingAsync(TestNode node)
    {
        using var http = node.Admin(Token());
        var sessions = await node.Archive.ListAsync(new Gateway.Actors.Record.SessionFilter(), CancellationToken.None);
        string[] paths =
        [
            "/health/ready", "/metrics", "/v1/me", "/v1/sessions", "/v1/nodes", "/v1/connections", "/v1/connections/sealed", "/v1/connections/variable",
            "/v1/secrets", "/v1/secrets/broker", "/v1/audit", "/openapi/v1.json", "/v1/nothing", .. sessions.Select(s => $"/v1/sessions/{s.SessionId}/events"),
        ];
        foreach (var path in paths)
        {
            using var answer = await http.GetAsync(path);
            _said.AppendLine(answer.ToString()).AppendLine(Encoding.Latin1.GetString(await answer.Content.ReadAsByteArrayAsync()));
        }

        // What lies compressed and encrypted in the journal, as auditors see it.
        foreach (var session in sessions.Where(s => s.Closing?.Refusal == Protocols.Refusal.None))
        {
            foreach (var direction in new[] { Protocols.Direction.ToUpstream, Protocols.Direction.ToClient })
                _said.AppendLine(Encoding.Latin1.GetString(await node.ReplayAsync(session.SessionId, direction)));
            await RunAsync(node, ExitCode.Ok, "sessions", "replay", session.SessionId, "--decode", "text");
        }

        Assert.Contains("sensors/1", _said.ToString(), StringComparison.Ordinal);
        await RunAsync(node, ExitCode.Ok, "connections", "test", "mounted");
        Assert.Matches("login +upstream-credentials-refused", await RunAsync(node, ExitCode.Failed, "connections", "test", "wrong"));
        await RunAsync(node, ExitCode.Ok, "connections", "show", "sealed", "--json");
        await RunAsync(node, ExitCode.Ok, "secrets", "list");
        await RunAsync(node, ExitCode.Ok, "audit", "--json");
        await RunAsync(node, ExitCode.Failed, "apply", "-f", _documents.Write("faulty.yaml", Document("faulty", 1, "passwordFile: ../secrets-elsewhere")));
        await RunAsync(node, ExitCode.Ok, "secrets", "remove", "wrong");
        Assert.Matches("secret +upstream-secret-unavailable", await RunAsync(node, ExitCode.Failed, "connections", "test", "wrong"));
    }

    async Task<string> RunAsync(TestNode node, int expected, params string[] command)
    {
        var (code, output) = await node.GatewayAsync(Token(), command);
        _said.AppendLine(output);
        Assert.True(code == expected, output);
        return output;
    }

    async Task SearchAsync(TestNode node, params string[] canaries)
    {
        var data = node.Opened.Options.Node.DataDirectory;
        await node.DisposeAsync(keepFiles: true);
        var log = string.Join('\n', node.Log.Lines.Select(line => line.Text));
        Assert.NotEqual("", log);
        foreach (var canary in canaries.Concat(_tokens.Distinct()))
        {
            Assert.DoesNotContain(canary, log, StringComparison.Ordinal);
            Assert.DoesNotContain(canary, _said.ToString(), StringComparison.Ordinal);
            foreach (var file in Directory.GetFiles(Path.GetDirectoryName(data)!, "*", SearchOption.AllDirectories))
            {
                var bytes = await File.ReadAllBytesAsync(file);
                Assert.False(Holds(bytes, Encoding.UTF8.GetBytes(canary)), $"{file} holds a secret");
                Assert.False(Holds(bytes, Encoding.ASCII.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes(canary))[..^4])), $"{file} holds a secret in base 64");
            }
        }

        // The search would have found it: what was not secret is there.
        Assert.Contains(Directory.GetFiles(data, "journal.db*"), file => Holds(File.ReadAllBytes(file), "passwordSecret"u8.ToArray()));
        node.DeleteFiles();
    }

    static bool Holds(byte[] bytes, byte[] wanted) => bytes.AsSpan().IndexOf(wanted) >= 0;

    static string CommandLines()
    {
        if (!OperatingSystem.IsLinux()) return "";
        var lines = new StringBuilder();
        foreach (var process in Directory.GetDirectories("/proc").Where(p => char.IsAsciiDigit(Path.GetFileName(p)[0])))
        {
            try
            {
                lines.AppendLine(File.ReadAllText(Path.Combine(process, "cmdline")).Replace('\0', ' '));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It ended while it was looked at.
            }
        }

        return lines.ToString();
    }

    // What is worth stealing of a token is its signature: the rest is no secret.
    string Token()
    {
        var token = _issuer.Mint(new TokenContent { Subject = "otto", Groups = s_everybody });
        _tokens.Add(token.Split('.')[2]);
        return token;
    }

    static string Document(string name, int upstream, string login) =>
        $$"""
        apiVersion: gateway/v1
        kind: Connection
        metadata: { name: {{name}} }
        spec:
          protocol: mqtt
          listen: { address: 127.0.0.1, port: 0 }
          upstream:
            host: 127.0.0.1
            port: {{upstream}}
            tls: { serverName: localhost, authorities: upstream.crt }
            login: { userName: {{Mosquitto.UserName}}, {{login}} }
          access: { issuers: [main], groups: [telemetry] }
        """;
}

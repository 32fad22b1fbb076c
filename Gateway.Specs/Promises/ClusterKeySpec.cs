using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Gateway.Cli;
using Gateway.Specs.Support;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>The cluster's key can be replaced while sessions run, and the old one taken out.</summary>
[SuppressMessage("Design", "CA1001", Justification = "xunit calls DisposeAsync.")]
public sealed class ClusterKeySpec : IAsyncLifetime
{
    static readonly string[] s_roles = ["telemetry", "auditors", "operators"];

    readonly TestCertificates _upstreams = new("Upstream CA");
    readonly ConfigurationFolder _folder = new();
    FakeIssuer _issuer = null!;
    Mosquitto _broker = null!;

    [RequiresFact("mosquitto")]
    public async Task What_the_old_key_sealed_is_sealed_again_while_sessions_run_and_then_the_new_key_alone_opens_it()
    {
        var (old, anew) = (NewKey(), NewKey());
        var recorded = "";
        await WithNodeAsync([old], async node =>
        {
            await RunAsync(node, "secrets", "set", "broker", "--file", _folder.WriteSecret("password", _broker.Password));
            using (var client = await ConnectAsync(node)) await SayAsync(client, "said before");
            recorded = (await node.EndedAsync()).SessionId;
        });

        await WithNodeAsync([anew, old], async node =>
        {
            using var client = await ConnectAsync(node);
            var told = await RunAsync(node, "cluster-key", "reseal");
            Assert.Contains("1 of the registry, the keys of 1 recordings", told, StringComparison.Ordinal);
            await SayAsync(client, "said meanwhile");
        });

        await WithNodeAsync([anew], async node =>
        {
            Assert.Contains("said before", await RunAsync(node, "sessions", "replay", recorded), StringComparison.Ordinal);
            using var client = await ConnectAsync(node);
            await SayAsync(client, "said after");
        });
    }

    public async Task InitializeAsync()
    {
        _issuer = await FakeIssuer.StartAsync();
        _broker = await Mosquitto.StartAsync(_upstreams.Server());
        _upstreams.WriteAuthority(_folder.PathOf("upstream.crt"));
    }

    public async Task DisposeAsync()
    {
        await _broker.DisposeAsync();
        await _issuer.DisposeAsync();
        _upstreams.Dispose();
        _folder.Dispose();
    }

    static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    static async Task SayAsync(IMqttClient client, string text) =>
        await client.PublishStringAsync("plant/one", text, MqttQualityOfServiceLevel.AtLeastOnce);

    // The same node, restarted with these keys.
    async Task WithNodeAsync(string[] keys, Func<TestNode, Task> use)
    {
        Directory.CreateDirectory(_folder.PathOf("data"));
        _folder.WriteSecret(Path.Combine("data", "cluster.key"), string.Join('\n', keys));
        var node = await TestNode.StartAsync(_folder, $$"""
            apiVersion: gateway/v1
            kind: Connection
            metadata: { name: telemetry }
            spec:
              protocol: mqtt
              listen: { address: 127.0.0.1, port: 0 }
              upstream:
                host: 127.0.0.1
                port: {{_broker.Port}}
                tls: { serverName: localhost, authorities: upstream.crt }
                login: { userName: {{Mosquitto.UserName}}, passwordSecret: broker }
              access: { issuers: [main], groups: [telemetry] }
            """, null, _issuer.Options());
        try
        {
            await use(node);
        }
        finally
        {
            await node.DisposeAsync(keepFiles: true);
        }
    }

    async Task<IMqttClient> ConnectAsync(TestNode node) =>
        (await MqttClients.ConnectAsync(MqttClients.Options(node, Token(), MqttProtocolVersion.V500))).Client;

    async Task<string> RunAsync(TestNode node, params string[] command)
    {
        var (code, output) = await node.GatewayAsync(Token(), command);
        Assert.True(code == ExitCode.Ok, output);
        return output;
    }

    string Token() => _issuer.Mint(new TokenContent { Groups = s_roles });
}

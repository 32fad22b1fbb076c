using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Gateway.Actors.Record;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>Real MQTT clients and a real mosquitto, with a gateway in between.</summary>
[SuppressMessage("Design", "CA1001", Justification = "xunit calls DisposeAsync.")]
public sealed class MqttBrokerSpec : IAsyncLifetime
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    static readonly string[] s_groups = ["telemetry"];

    readonly TestCertificates _upstreams = new("Upstream CA");
    FakeIssuer _issuer = null!;

    public async Task InitializeAsync() => _issuer = await FakeIssuer.StartAsync();

    [RequiresTheory("mosquitto", "mosquitto_pub", "mosquitto_sub")]
    [InlineData("mqttv311", 0)]
    [InlineData("mqttv311", 1)]
    [InlineData("mqttv311", 2)]
    [InlineData("mqttv5", 0)]
    [InlineData("mqttv5", 1)]
    [InlineData("mqttv5", 2)]
    public async Task Unmodified_clients_speak_through_the_gateway_with_a_token_as_password(string version, int qos)
    {
        await using var broker = await Mosquitto.StartAsync(_upstreams.Server());
        await using var node = await StartAsync(broker.Port, broker.Password);
        var tool = new MqttTool(node.Address("telemetry").Port, node.AuthorityFile, Token());
        var subscribing = tool.SubscribeAsync(version, qos, "sensors/#", messages: 1);
        await WhenSubscribedAsync(node);

        var published = await tool.PublishAsync(version, qos, "sensors/7", "21.5");

        Assert.Equal(0, published.ExitCode);
        var received = await subscribing;
        Assert.Contains("sensors/7 21.5", received.Output, StringComparison.Ordinal);
        Assert.Equal(0, received.ExitCode);
    }

    [RequiresTheory("mosquitto")]
    [InlineData(MqttProtocolVersion.V311)]
    [InlineData(MqttProtocolVersion.V500)]
    public async Task A_client_library_gets_its_large_messages_whole_and_the_journal_replays_them(MqttProtocolVersion version)
    {
        await using var broker = await Mosquitto.StartAsync(_upstreams.Server());
        await using var node = await StartAsync(broker.Port, broker.Password);
        var payload = RandomNumberGenerator.GetBytes(2 * 1024 * 1024);
        var received = new TaskCompletionSource<byte[]>();
        using (var client = new MqttClientFactory().CreateMqttClient())
        {
            client.ApplicationMessageReceivedAsync += message =>
            {
                received.TrySetResult(System.Buffers.BuffersExtensions.ToArray(message.ApplicationMessage.Payload));
                return Task.CompletedTask;
            };
            await client.ConnectAsync(Options(node, Token(), version));
            await client.SubscribeAsync("sensors/blob", MqttQualityOfServiceLevel.ExactlyOnce);
            await client.PublishBinaryAsync("sensors/blob", payload, MqttQualityOfServiceLevel.ExactlyOnce);
            Assert.Equal(payload, await received.Task.WaitAsync(s_patience));
            await client.DisconnectAsync();
        }

        var row = await node.EndedAsync();
        Assert.Equal(Refusal.None, row.Closing!.Refusal);
        foreach (var direction in new[] { Direction.ToUpstream, Direction.ToClient })
            Assert.True((await node.ReplayAsync(row.SessionId, direction)).AsSpan().IndexOf(payload) > 0);
    }

    [RequiresFact("mosquitto")]
    public async Task Neither_client_nor_recording_nor_log_ever_holds_the_brokers_password_or_the_token()
    {
        await using var broker = await Mosquitto.StartAsync(_upstreams.Server());
        await using var node = await StartAsync(broker.Port, broker.Password);
        var token = Token();

        using (var client = new MqttClientFactory().CreateMqttClient())
        {
            await client.ConnectAsync(Options(node, token, MqttProtocolVersion.V500));
            await client.PublishStringAsync("sensors/7", "21.5");
            await client.DisconnectAsync();
        }

        var row = await node.EndedAsync();
        await foreach (var e in node.Archive.ReadAsync(row.SessionId, CancellationToken.None)) AssertHoldsNone(e.Bytes.Span, broker.Password, token);
        foreach (var direction in new[] { Direction.ToUpstream, Direction.ToClient })
            AssertHoldsNone(await node.ReplayAsync(row.SessionId, direction), broker.Password, token);
        foreach (var line in node.Log.Lines) AssertHoldsNone(Encoding.UTF8.GetBytes(line.Text), broker.Password, token);
    }

    [RequiresFact("mosquitto")]
    public async Task A_denied_publish_is_answered_in_mqtts_own_code_recorded_and_never_reaches_the_broker()
    {
        await using var broker = await Mosquitto.StartAsync(_upstreams.Server());
        await using var node = await StartAsync(broker.Port, broker.Password, "{ deny: [{ operation: publish, resource: secret/# }] }");
        var received = new List<string>();
        using (var client = new MqttClientFactory().CreateMqttClient())
        {
            client.ApplicationMessageReceivedAsync += message =>
            {
                lock (received) received.Add(message.ApplicationMessage.Topic);
                return Task.CompletedTask;
            };
            await client.ConnectAsync(Options(node, Token(), MqttProtocolVersion.V500));
            await client.SubscribeAsync("#", MqttQualityOfServiceLevel.AtLeastOnce);

            var denied = await client.PublishStringAsync("secret/plans", "x", MqttQualityOfServiceLevel.AtLeastOnce);
            var allowed = await client.PublishStringAsync("sensors/7", "x", MqttQualityOfServiceLevel.AtLeastOnce);

            Assert.Equal(MqttClientPublishReasonCode.NotAuthorized, denied.ReasonCode);
            Assert.Equal(MqttClientPublishReasonCode.Success, allowed.ReasonCode);
            await Eventually.AssertAsync(() =>
            {
                lock (received) Assert.Equal(["sensors/7"], received);
                return Task.CompletedTask;
            });
            await client.DisconnectAsync();
        }

        var row = await node.EndedAsync();
        var denials = new List<OperationsDenied>();
        await foreach (var e in node.Archive.ReadAsync(row.SessionId, CancellationToken.None))
        {
            if (new StoredEvent(e.Manifest, e.Bytes.ToArray()).Decode() is OperationsDenied d) denials.Add(d);
        }

        Assert.Equal([new DeniedOperation("publish", "secret/plans")], Assert.Single(denials).Operations);
    }

    [RequiresTheory("mosquitto")]
    [InlineData("expired", Refusal.TokenExpired, MqttClientConnectResultCode.BadUserNameOrPassword)]
    [InlineData("forged", Refusal.TokenSignatureInvalid, MqttClientConnectResultCode.BadUserNameOrPassword)]
    [InlineData("unsigned", Refusal.TokenAlgorithmRefused, MqttClientConnectResultCode.BadUserNameOrPassword)]
    [InlineData("for another audience", Refusal.TokenAudienceWrong, MqttClientConnectResultCode.BadUserNameOrPassword)]
    [InlineData("of another group", Refusal.NotGranted, MqttClientConnectResultCode.NotAuthorized)]
    public async Task A_bad_token_is_refused_in_connack_and_by_one_name_in_audit_metric_and_log(
        string fault, Refusal refusal, MqttClientConnectResultCode code)
    {
        await using var broker = await Mosquitto.StartAsync(_upstreams.Server());
        await using var node = await StartAsync(broker.Port, broker.Password);
        using var metrics = new RefusalMeter();
        using var client = new MqttClientFactory().CreateMqttClient();

        var answer = await client.ConnectAsync(Options(node, BadToken(fault), MqttProtocolVersion.V500));

        Assert.Equal(code, answer.ResultCode);
        await RefusedOnce.AssertAsync(node, metrics, "telemetry", refusal);
    }

    [Fact]
    public async Task A_broker_that_is_down_is_told_to_the_client_and_named_in_the_audit()
    {
        await using var node = await StartAsync(upstreamPort: 1, "unused");
        using var client = new MqttClientFactory().CreateMqttClient();

        var answer = await client.ConnectAsync(Options(node, Token(), MqttProtocolVersion.V500));

        Assert.Equal(MqttClientConnectResultCode.ServerUnavailable, answer.ResultCode);
        var row = await node.EndedAsync();
        Assert.Equal(Refusal.UpstreamUnreachable, row.Closing!.Refusal);
    }

    [RequiresFact("mosquitto")]
    public async Task A_broker_that_refuses_the_gateways_own_password_is_named_in_the_audit()
    {
        await using var broker = await Mosquitto.StartAsync(_upstreams.Server());
        await using var node = await StartAsync(broker.Port, "not the password");
        using var client = new MqttClientFactory().CreateMqttClient();

        var answer = await client.ConnectAsync(Options(node, Token(), MqttProtocolVersion.V500));

        Assert.NotEqual(MqttClientConnectResultCode.Success, answer.ResultCode);
        var row = await node.EndedAsync();
        Assert.Equal(Refusal.UpstreamCredentialsRefused, row.Closing!.Refusal);
    }

    public async Task DisposeAsync()
    {
        await _issuer.DisposeAsync();
        _upstreams.Dispose();
    }

    static void AssertHoldsNone(ReadOnlySpan<byte> bytes, params string[] secrets)
    {
        foreach (var secret in secrets) Assert.True(bytes.IndexOf(Encoding.UTF8.GetBytes(secret)) < 0, "a secret leaked");
    }

    static MqttClientOptions Options(TestNode node, string token, MqttProtocolVersion version)
    {
        var trusted = new System.Security.Cryptography.X509Certificates.X509Certificate2Collection();
        trusted.ImportFromPemFile(node.AuthorityFile);
        return new MqttClientOptionsBuilder()
            .WithProtocolVersion(version)
            .WithTcpServer("localhost", node.Address("telemetry").Port)
            .WithCredentials("anybody", token)
            .WithTlsOptions(tls => tls.UseTls().WithTrustChain(trusted))
            .WithTimeout(s_patience)
            .Build();
    }

    static Task WhenSubscribedAsync(TestNode node) => Eventually.AssertAsync(async () =>
    {
        var open = Assert.Single(await node.Archive.ListAsync(new SessionFilter { Open = true }, CancellationToken.None));
        var toClient = 0L;
        var recorder = new SessionRecorder(open.SessionId);
        await foreach (var e in node.Archive.ReadAsync(open.SessionId, CancellationToken.None)) recorder.Recover(new StoredEvent(e.Manifest, e.Bytes.ToArray()));
        toClient = recorder.ToClientBytes;
        // CONNACK and SUBACK.
        Assert.True(toClient >= 9, $"{toClient} bytes so far");
    });

    Task<TestNode> StartAsync(int upstreamPort, string password, string operations = "{}") =>
        MqttNode.StartAsync(_upstreams, upstreamPort, password, _issuer.Options(), operations);

    string Token() => _issuer.Mint(new TokenContent { Groups = s_groups });

    string BadToken(string fault) => fault switch
    {
        "expired" => _issuer.Mint(new TokenContent { Groups = s_groups, Expires = TimeProvider.System.GetUtcNow().AddMinutes(-5) }),
        "forged" => _issuer.MintForeign(),
        "unsigned" => _issuer.MintUnsigned(),
        "for another audience" => _issuer.Mint(new TokenContent { Groups = s_groups, Audience = "somebody-else" }),
        _ => _issuer.Mint(new TokenContent { Groups = "others" }),
    };
}

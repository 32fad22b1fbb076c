using System.Diagnostics.CodeAnalysis;
using System.Text;
using Gateway.Actors.Record;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Protocols.Mqtt;
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
    public async Task A_retained_message_and_a_will_reach_whom_they_are_for(MqttProtocolVersion version)
    {
        await using var broker = await Mosquitto.StartAsync(_upstreams.Server());
        await using var node = await StartAsync(broker.Port, broker.Password);
        var (listener, received) = await MqttClients.ConnectAsync(MqttClients.Options(node, Token(), version));
        using var listening = listener;
        var (device, _) = await MqttClients.ConnectAsync(MqttClients.Options(node, Token(), version).WithWillTopic("state/7").WithWillPayload("gone"));
        await device.PublishStringAsync("config/7", "every 5 s", MqttQualityOfServiceLevel.AtLeastOnce, retain: true);

        await listener.SubscribeAsync("config/#", MqttQualityOfServiceLevel.AtLeastOnce);
        var retained = await received.NextAsync();
        await listener.SubscribeAsync("state/#", MqttQualityOfServiceLevel.AtLeastOnce);
        // Without DISCONNECT, as a device that lost its power.
        device.Dispose();
        var will = await received.NextAsync();

        Assert.Equal(("config/7", "every 5 s", true), (retained.Topic, Encoding.UTF8.GetString(retained.Payload), retained.Retain));
        Assert.Equal(("state/7", "gone", false), (will.Topic, Encoding.UTF8.GetString(will.Payload), will.Retain));
    }

    [RequiresFact("mosquitto")]
    public async Task A_denied_publish_is_answered_in_mqtts_own_code_recorded_and_never_reaches_the_broker()
    {
        await using var broker = await Mosquitto.StartAsync(_upstreams.Server());
        await using var node = await StartAsync(broker.Port, broker.Password, "{ deny: [{ operation: publish, resource: secret/# }] }");
        var (client, received) = await MqttClients.ConnectAsync(MqttClients.Options(node, Token(), MqttProtocolVersion.V500));
        using (client)
        {
            await client.SubscribeAsync("#", MqttQualityOfServiceLevel.AtLeastOnce);

            var denied = await client.PublishStringAsync("secret/plans", "x", MqttQualityOfServiceLevel.AtLeastOnce);
            var allowed = await client.PublishStringAsync("sensors/7", "x", MqttQualityOfServiceLevel.AtLeastOnce);

            Assert.Equal(MqttClientPublishReasonCode.NotAuthorized, denied.ReasonCode);
            Assert.Equal(MqttClientPublishReasonCode.Success, allowed.ReasonCode);
            // The denied one would have come first.
            Assert.Equal("sensors/7", (await received.NextAsync()).Topic);
            await client.DisconnectAsync();
        }

        var row = await node.EndedAsync();
        Assert.Equal(Refusal.None, row.Closing!.Refusal);
        var denials = new List<OperationsDenied>();
        await foreach (var e in node.Archive.ReadAsync(row.SessionId, CancellationToken.None))
        {
            if (new StoredEvent(e.Manifest, e.Bytes.ToArray()).Decode() is OperationsDenied d) denials.Add(d);
        }

        Assert.Equal([new DeniedOperation("publish", "secret/plans")], Assert.Single(denials).Operations);
    }

    [Theory]
    [InlineData(MqttProtocolVersion.V500, "expired", Refusal.TokenExpired, MqttClientConnectResultCode.NotAuthorized)]
    [InlineData(MqttProtocolVersion.V500, "forged", Refusal.TokenSignatureInvalid, MqttClientConnectResultCode.NotAuthorized)]
    [InlineData(MqttProtocolVersion.V500, "unsigned", Refusal.TokenAlgorithmRefused, MqttClientConnectResultCode.NotAuthorized)]
    [InlineData(MqttProtocolVersion.V500, "for another audience", Refusal.TokenAudienceWrong, MqttClientConnectResultCode.NotAuthorized)]
    [InlineData(MqttProtocolVersion.V500, "of another group", Refusal.NotGranted, MqttClientConnectResultCode.NotAuthorized)]
    [InlineData(MqttProtocolVersion.V311, "expired", Refusal.TokenExpired, MqttClientConnectResultCode.NotAuthorized)]
    [InlineData(MqttProtocolVersion.V311, "of another group", Refusal.NotGranted, MqttClientConnectResultCode.NotAuthorized)]
    public async Task A_bad_token_is_refused_in_connack_and_by_one_name_in_audit_metric_and_log(
        MqttProtocolVersion version, string fault, Refusal refusal, MqttClientConnectResultCode code)
    {
        await using var broker = new TlsUpstream(_upstreams.Server(), TlsUpstream.EchoAsync);
        await using var node = await StartAsync(broker.Port, "unheard");
        using var metrics = new RefusalMeter();
        using var client = new MqttClientFactory().CreateMqttClient();

        var answer = await client.ConnectAsync(MqttClients.Options(node, BadToken(fault), version).Build());

        Assert.Equal(code, answer.ResultCode);
        await RefusedOnce.AssertAsync(node, metrics, "telemetry", refusal);
        Assert.Equal(0, broker.Connections);
    }

    public async Task DisposeAsync()
    {
        await _issuer.DisposeAsync();
        _upstreams.Dispose();
    }

    static Task WhenSubscribedAsync(TestNode node) => Eventually.AssertAsync(async () =>
    {
        var open = Assert.Single(await node.Archive.ListAsync(new SessionFilter { Open = true }, CancellationToken.None));
        Assert.Contains(PacketType.SubAck, Packets(await node.ReplayAsync(open.SessionId, Direction.ToClient, ended: false)));
    });

    static List<PacketType> Packets(ReadOnlySpan<byte> bytes)
    {
        var types = new List<PacketType>();
        while (FixedHeader.TryRead(bytes, out var header) == ReadStatus.Read && header.PacketLength <= bytes.Length)
        {
            types.Add(header.Type);
            bytes = bytes[(int)header.PacketLength..];
        }

        return types;
    }

    Task<TestNode> StartAsync(int upstreamPort, string password, string operations = "{}") =>
        MqttNode.StartAsync(_upstreams, upstreamPort, password, _issuer.Options(), operations);

    string Token() => MqttNode.Token(_issuer);

    string BadToken(string fault) => fault switch
    {
        "expired" => _issuer.Mint(new TokenContent { Groups = s_groups, Expires = TimeProvider.System.GetUtcNow().AddMinutes(-5) }),
        "forged" => _issuer.MintForeign(),
        "unsigned" => _issuer.MintUnsigned(),
        "for another audience" => _issuer.Mint(new TokenContent { Groups = s_groups, Audience = "somebody-else" }),
        _ => _issuer.Mint(new TokenContent { Groups = "others" }),
    };
}

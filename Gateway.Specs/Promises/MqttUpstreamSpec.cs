using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography.X509Certificates;
using Gateway.Protocols;
using Gateway.Specs.Support;
using MQTTnet;
using MQTTnet.Formatter;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>A broker that cannot be had or believed is named, and hears no secret; the client is told in its own protocol.</summary>
[SuppressMessage("Design", "CA1001", Justification = "xunit calls DisposeAsync.")]
public sealed class MqttUpstreamSpec : IAsyncLifetime
{
    // Metrics are the process's: a name of its own keeps these refusals apart from those of other specs.
    const string Connection = "brokers";

    readonly TestCertificates _upstreams = new("Upstream CA");
    FakeIssuer _issuer = null!;

    public async Task InitializeAsync() => _issuer = await FakeIssuer.StartAsync();

    [Fact]
    public async Task A_broker_that_is_down_is_unreachable_by_name()
    {
        await using var node = await StartAsync(FreePort.Next(), "unused");
        using var metrics = new RefusalMeter();

        var answer = await ConnectAsync(node);

        Assert.Equal(MqttClientConnectResultCode.ServerUnavailable, answer.ResultCode);
        await RefusedOnce.AssertAsync(node, metrics, Connection, Refusal.UpstreamUnreachable);
    }

    [Theory]
    [InlineData("untrusted", Refusal.UpstreamCertificateUntrusted)]
    [InlineData("expired", Refusal.UpstreamCertificateExpired)]
    [InlineData("misnamed", Refusal.UpstreamNameMismatch)]
    public async Task A_broker_with_a_wrong_certificate_never_hears_the_password(string fault, Refusal refusal)
    {
        using var strangers = new TestCertificates("Strangers CA");
        var heard = new List<byte[]>();
        await using var broker = new TlsUpstream(Certificate(fault, strangers), async stream => heard.Add(await TlsClient.ReadToEndAsync(stream)));
        await using var node = await StartAsync(broker.Port, "unheard");
        using var metrics = new RefusalMeter();

        var answer = await ConnectAsync(node);

        Assert.Equal(MqttClientConnectResultCode.ServerUnavailable, answer.ResultCode);
        await RefusedOnce.AssertAsync(node, metrics, Connection, refusal);
        await broker.FinishedAsync();
        Assert.Equal(1, broker.Connections);
        Assert.All(heard, Assert.Empty);
    }

    [RequiresFact("mosquitto")]
    public async Task A_broker_that_refuses_the_gateways_password_is_the_one_to_blame()
    {
        await using var broker = await Mosquitto.StartAsync(_upstreams.Server());
        await using var node = await StartAsync(broker.Port, "not the password");
        using var metrics = new RefusalMeter();

        var answer = await ConnectAsync(node);

        Assert.Equal(MqttClientConnectResultCode.ServerUnavailable, answer.ResultCode);
        await RefusedOnce.AssertAsync(node, metrics, Connection, Refusal.UpstreamCredentialsRefused);
    }

    public async Task DisposeAsync()
    {
        await _issuer.DisposeAsync();
        _upstreams.Dispose();
    }

    Task<TestNode> StartAsync(int upstreamPort, string password) =>
        MqttNode.StartAsync(_upstreams, upstreamPort, password, _issuer.Options(), connection: Connection);

    async Task<MqttClientConnectResult> ConnectAsync(TestNode node)
    {
        using var client = new MqttClientFactory().CreateMqttClient();
        return await client.ConnectAsync(MqttClients.Options(node, MqttNode.Token(_issuer), MqttProtocolVersion.V500, Connection).Build());
    }

    X509Certificate2 Certificate(string fault, TestCertificates strangers) => fault switch
    {
        "untrusted" => strangers.Server(),
        "expired" => _upstreams.Expired(),
        _ => _upstreams.Server("elsewhere.example.org"),
    };
}

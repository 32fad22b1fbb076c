using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gateway.Protocols;
using Gateway.Specs.Support;
using MQTTnet;
using MQTTnet.Formatter;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>Bad input is one named refusal, and the node lives on.</summary>
[SuppressMessage("Design", "CA1001", Justification = "xunit calls DisposeAsync.")]
public sealed class BadClientSpec : IAsyncLifetime
{
    // Metrics are the process's: names of their own keep these refusals apart from those of other specs.
    const string Opaque = "bad-clients";
    const string Mqtt = "bad-mqtt-clients";

    readonly TestCertificates _clients = new("Clients CA");
    readonly TestCertificates _upstreams = new("Upstream CA");
    TlsUpstream _upstream = null!;
    FakeIssuer _issuer = null!;

    public static TheoryData<string, Refusal> OpaqueClients => new()
    {
        { "an HTTP request", Refusal.PlaintextOnTlsPort },
        { "an MQTT CONNECT", Refusal.PlaintextOnTlsPort },
        { "a garbled hello", Refusal.ClientHelloMalformed },
        { "no certificate", Refusal.ClientCertificateMissing },
        { "an untrusted certificate", Refusal.ClientCertificateUntrusted },
        { "an expired certificate", Refusal.ClientCertificateExpired },
        { "a server's certificate", Refusal.ClientCertificateMisused },
        { "somebody else's certificate", Refusal.NotGranted },
        { "silence", Refusal.TlsHandshakeTooSlow },
    };

    public static TheoryData<string, Refusal> MqttPeers => new()
    {
        { "a malformed packet", Refusal.FrameMalformed },
        { "no CONNECT", Refusal.ProtocolViolated },
        { "a login of 200 KB", Refusal.FrameTooLarge },
        { "an old protocol version", Refusal.ProtocolVersionUnsupported },
        { "no token", Refusal.TokenMissing },
        { "silence", Refusal.LoginTooSlow },
    };

    public async Task InitializeAsync()
    {
        _upstream = new TlsUpstream(_upstreams.Server(), TlsUpstream.EchoAsync);
        _issuer = await FakeIssuer.StartAsync();
    }

    [Theory]
    [MemberData(nameof(OpaqueClients))]
    public async Task A_bad_client_is_one_named_refusal_and_the_next_good_one_is_served(string client, Refusal refusal)
    {
        await using var node = await EchoNode.StartAsync(_clients, _upstreams, _upstream.Port, connection: Opaque, settings: ("Limits:HandshakeTimeout", "2s"));
        using var metrics = new RefusalMeter();

        await BeAsync(client, node);

        await RefusedOnce.AssertAsync(node, metrics, Opaque, refusal);
        await using var good = await TlsClient.ConnectAsync(node.Address(Opaque), node.AuthorityFile, _clients.Client("camera-17"));
        await good.WriteAsync("ping"u8.ToArray());
        await good.ReadExactlyAsync(new byte[4]);
    }

    [RequiresFact("openssl")]
    public async Task A_client_of_tls_1_1_is_refused_for_its_version()
    {
        await using var node = await EchoNode.StartAsync(_clients, _upstreams, _upstream.Port, connection: Opaque);
        using var metrics = new RefusalMeter();
        var start = new ProcessStartInfo(
            Tool.Path("openssl"), ["s_client", "-connect", node.Address(Opaque).ToString(), "-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var told = await process.StandardError.ReadToEndAsync() + await process.StandardOutput.ReadToEndAsync();

        Assert.Contains("protocol version", told, StringComparison.Ordinal);
        await RefusedOnce.AssertAsync(node, metrics, Opaque, Refusal.TlsVersionTooOld);
    }

    [Fact]
    public async Task A_client_that_asks_for_an_unknown_name_is_refused_for_it()
    {
        await using var node = await EchoNode.StartAsync(_clients, _upstreams, _upstream.Port, tls: "serverNames: [gw.example.org], ", connection: Opaque);
        using var metrics = new RefusalMeter();

        await Assert.ThrowsAnyAsync<Exception>(() => TlsClient.ConnectAsync(node.Address(Opaque), node.AuthorityFile, _clients.Client("camera-17")));

        await RefusedOnce.AssertAsync(node, metrics, Opaque, Refusal.ServerNameUnknown);
    }

    [Fact]
    public async Task A_client_whose_upstream_is_missing_is_told_nothing_and_the_upstream_is_named()
    {
        await using var node = await EchoNode.StartAsync(_clients, _upstreams, FreePort.Next(), connection: Opaque);
        using var metrics = new RefusalMeter();
        await using var client = await TlsClient.ConnectAsync(node.Address(Opaque), node.AuthorityFile, _clients.Client("camera-17"));

        var received = await TlsClient.ReadToEndAsync(client);

        Assert.Empty(received);
        await RefusedOnce.AssertAsync(node, metrics, Opaque, Refusal.UpstreamUnreachable);
    }

    [Theory]
    [MemberData(nameof(MqttPeers))]
    public async Task A_bad_mqtt_client_is_one_named_refusal_and_the_next_good_one_is_let_in(string client, Refusal refusal)
    {
        await using var broker = new TlsUpstream(_upstreams.Server(), WelcomeAsync);
        await using var node = await MqttNode.StartAsync(
            _upstreams, broker.Port, "unused", _issuer.Options(), connection: Mqtt, settings: ("Limits:LoginTimeout", "2s"));
        using var metrics = new RefusalMeter();
        await using var stream = await TlsClient.ConnectAsync(node.Address(Mqtt), node.AuthorityFile);

        if (FirstBytes(client) is { Length: > 0 } bytes) await stream.WriteAsync(bytes);
        await TlsClient.ReadToEndAsync(stream);

        await RefusedOnce.AssertAsync(node, metrics, Mqtt, refusal);
        Assert.Equal(0, broker.Connections);
        using var good = new MqttClientFactory().CreateMqttClient();
        var answer = await good.ConnectAsync(MqttClients.Options(node, MqttNode.Token(_issuer), MqttProtocolVersion.V311, Mqtt).Build());
        Assert.Equal(MqttClientConnectResultCode.Success, answer.ResultCode);
    }

    public async Task DisposeAsync()
    {
        await _upstream.DisposeAsync();
        await _issuer.DisposeAsync();
        _clients.Dispose();
        _upstreams.Dispose();
    }

    /// <summary>A broker that lets in whoever comes: CONNACK of MQTT 3.1.1, and no more words.</summary>
    static async Task WelcomeAsync(Stream stream)
    {
        await stream.ReadExactlyAsync(new byte[1]);
        await stream.WriteAsync(new byte[] { 0x20, 2, 0, 0 });
        await TlsClient.ReadToEndAsync(stream);
    }

    async Task BeAsync(string client, TestNode node)
    {
        if (Plain(client) is { } bytes)
        {
            using var plain = new TcpClient();
            await plain.ConnectAsync(node.Address(Opaque));
            await plain.GetStream().WriteAsync(bytes);
            await TlsClient.ReadToEndAsync(plain.GetStream());
            return;
        }

        try
        {
            await using var stream = await TlsClient.ConnectAsync(node.Address(Opaque), node.AuthorityFile, Certificate(client));
            await stream.WriteAsync("payload"u8.ToArray());
            Assert.Empty(await TlsClient.ReadToEndAsync(stream));
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            // Told off during the handshake.
        }
    }

    static byte[]? Plain(string client) => client switch
    {
        "an HTTP request" => "GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(),
        "an MQTT CONNECT" => [0x10, 12, 0, 4, (byte)'M', (byte)'Q', (byte)'T', (byte)'T', 4, 2, 0, 60, 0, 0],
        // A handshake record whose hello says it is longer than any hello may be.
        "a garbled hello" => [0x16, 3, 1, 0, 8, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
        "silence" => [],
        _ => null,
    };

    X509Certificate2? Certificate(string client) => client switch
    {
        "an untrusted certificate" => _upstreams.Client("camera-17"),
        "an expired certificate" => _clients.Issue(new TestCertificate
        {
            CommonName = "camera-17",
            NotBefore = TimeProvider.System.GetUtcNow().AddDays(-3),
            NotAfter = TimeProvider.System.GetUtcNow().AddDays(-2),
        }),
        "a server's certificate" => _clients.ForServersOnly("camera-17"),
        "somebody else's certificate" => _clients.Client("camera-18"),
        _ => null,
    };

    static byte[] FirstBytes(string client) => client switch
    {
        // CONNECT with its reserved flag set ([MQTT-3.1.2-3]).
        "a malformed packet" => [0x10, 12, 0, 4, (byte)'M', (byte)'Q', (byte)'T', (byte)'T', 4, 3, 0, 60, 0, 0],
        "no CONNECT" => [0xC0, 0],
        // Remaining length 200,000.
        "a login of 200 KB" => [0x10, 0xC0, 0x9A, 0x0C, 0, 4, (byte)'M', (byte)'Q', (byte)'T', (byte)'T', 4, 2, 0, 60],
        "an old protocol version" => [0x10, 14, 0, 6, .. Encoding.ASCII.GetBytes("MQIsdp"), 3, 2, 0, 60, 0, 0],
        "no token" => [0x10, 13, 0, 4, (byte)'M', (byte)'Q', (byte)'T', (byte)'T', 4, 2, 0, 60, 0, 1, (byte)'c'],
        _ => [],
    };
}

using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Masking;
using Gateway.Specs.Kafka;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>Every API that names topics by their ids alone, through a real node, to a broker that speaks them.</summary>
public sealed class KafkaIdsOnTheWireSpec : IAsyncLifetime, IDisposable
{
    const short Produce = 0;
    const short Metadata = 3;
    const string Rules = """{ allow: [{ operation: "*", resource: open }, { operation: describe, resource: seen }, { operation: group, resource: "*" }] }""";

    static readonly string[] s_groups = ["streams", "auditors", "operators"];

    readonly TestCertificates _upstreams = new("Upstream CA");
    FakeIssuer _issuer = null!;

    public async Task InitializeAsync() => _issuer = await FakeIssuer.StartAsync();

    public async Task DisposeAsync() => await _issuer.DisposeAsync();

    public void Dispose() => _upstreams.Dispose();

    [Theory]
    [InlineData(0, 13, "TopicData")]
    [InlineData(1, 13, "Topics")]
    [InlineData(1, 15, "Topics")]
    [InlineData(8, 10, "Topics")]
    [InlineData(78, 1, "Topics")]
    public async Task What_is_allowed_goes_on_what_is_denied_does_not_and_an_id_is_asked_for_once(short key, short version, string list)
    {
        await using var broker = Broker();
        await using var node = await KafkaNode.StartAsync(_upstreams, broker, _issuer.Options("main"), Rules);
        await using var client = await LogInAsync(node);

        foreach (var topic in new[] { "open", "seen", "secret", "nobody's", "open" }) await AskAsync(client, Of(key, version, list, topic));

        var arrived = broker.Of(key).SelectMany(body => body.Structs(list)).Select(topic => (byte[])topic["TopicId"]!).ToArray();
        Assert.Equal([Id("open"), Id("open")], arrived);
        var asked = broker.Of(Metadata).SelectMany(body => body.Structs("Topics")).Select(topic => (byte[])topic["TopicId"]!).ToArray();
        Assert.Equal([Id("open"), Id("seen"), Id("secret"), Id("nobody's")], asked);
    }

    [Fact]
    public async Task What_was_produced_by_an_id_alone_is_not_said_again_and_that_is_told()
    {
        await using var broker = Broker();
        await using var node = await KafkaNode.StartAsync(_upstreams, broker, _issuer.Options("main"), Rules);
        await using (var client = await LogInAsync(node)) await AskAsync(client, Of(Produce, 13, "TopicData", "open"));
        var row = await node.EndedAsync();
        using var user = new UserCommands(node);
        user.Variables["GATEWAY_TOKEN"] = _issuer.Mint(new TokenContent { Groups = s_groups });

        var said = await user.RunAsync("sessions", "replay", row.SessionId, "--to", "events", "--reason", "to have it twice");

        Assert.Contains("1 cannot be said again", said.All, StringComparison.Ordinal);
        Assert.Single(broker.Of(Produce));
    }

    ScriptedKafka Broker() =>
        new(_upstreams.Server(), new[] { "open", "seen", "secret" }.ToDictionary(topic => topic, Id));

    static byte[] Id(string topic) => NamedMessages.IdOf(topic).ToByteArray(bigEndian: true);

    static (MessageLayout Layout, StructValue Body) Of(short key, short version, string list, string topic)
    {
        var layout = KafkaApi.All[key].Request(version);
        var body = new StructValue(layout.Body);
        if (key == Produce) body.With("Acks", -1L);
        var named = body.Add(list).With("TopicId", (object)Id(topic));
        if (key == Produce) named.Add("PartitionData").With("Records", Batches.Write(RecordCodec.None, 0, new Batches.Record("key", "value")));
        else named.Add("Partitions");
        return (layout, body);
    }

    async Task<SslStream> LogInAsync(TestNode node)
    {
        var tcp = new TcpClient();
        await tcp.ConnectAsync("127.0.0.1", node.Address("events").Port);
        var client = new SslStream(tcp.GetStream());
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.ImportFromPemFile(node.AuthorityFile);
        await client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = trust });
        var (choose, prove) = (KafkaApi.All[17].Request(1), KafkaApi.All[36].Request(2));
        await AskAsync(client, (choose, new StructValue(choose.Body).With("Mechanism", "PLAIN")));
        var token = System.Text.Encoding.UTF8.GetBytes($"\0me\0{KafkaNode.Token(_issuer)}");
        await AskAsync(client, (prove, new StructValue(prove.Body).With("AuthBytes", token)));
        return client;
    }

    static async Task<byte[]> AskAsync(SslStream client, (MessageLayout Layout, StructValue Body) request)
    {
        await client.WriteAsync(KafkaFrame.Request(request.Layout, 7, request.Body));
        return await KafkaWire.FrameAsync(client) ?? throw new InvalidDataException($"{request.Layout}: no answer");
    }
}

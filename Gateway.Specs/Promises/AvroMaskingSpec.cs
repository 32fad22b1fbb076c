using System.Diagnostics.CodeAnalysis;
using System.Text;
using Avro;
using Avro.Generic;
using Confluent.Kafka;
using Confluent.Kafka.SyncOverAsync;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;
using Gateway.Actors.Record;
using Gateway.Protocols;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>Confluent's own clients and serializers, a broker of librdkafka's, and rules that mask fields of what they say in Avro. The registry is scripted.</summary>
[SuppressMessage("Design", "CA1001", Justification = "xunit calls DisposeAsync.")]
public sealed class AvroMaskingSpec : IAsyncLifetime
{
    const string Card = "4111111111111111";

    const string Key = """{"type":"record","name":"Id","fields":[{"name":"id","type":"string"}]}""";
    const string Token = "a-token-of-the-gateway";

    const string Payment = """
        {"type":"record","name":"Payment","namespace":"shop","fields":[
          {"name":"number","type":"int"},
          {"name":"pan","type":["null","string"],"default":null},
          {"name":"amount","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}},
          {"name":"owner","type":{"type":"record","name":"Owner","fields":[{"name":"mail","type":"string"},{"name":"born","type":{"type":"int","logicalType":"date"}}]}},
          {"name":"notes","type":{"type":"array","items":"string"}}]}
        """;

    const string Rules = "{ name: pan, topics: [pay], direction: to-upstream, avro: [$.pan], action: partial, keepLast: 4 },"
        + " { name: owner, topics: [pay], direction: to-client, avro: [$.owner.born, $.amount], action: redact },"
        + " { name: any-mail, topics: [pay], direction: to-upstream, detect: [email], action: redact, text: MAIL },"
        + " { name: id, topics: [pay], direction: to-upstream, avroKey: [$.id], action: redact, text: ID }";

    readonly TestCertificates _upstreams = new("Upstream CA");
    FakeIssuer _issuer = null!;
    FakeSchemaRegistry _registry = null!;

    public async Task InitializeAsync() => (_issuer, _registry) = (await FakeIssuer.StartAsync(), await FakeSchemaRegistry.StartAsync());

    public async Task DisposeAsync()
    {
        await _registry.DisposeAsync();
        await _issuer.DisposeAsync();
        _upstreams.Dispose();
    }

    [Fact]
    public async Task Fields_of_avro_are_masked_in_keys_and_values_whatever_the_codec_and_recorded_so()
    {
        await using var cluster = new KafkaCluster(_upstreams.Server());
        await using var node = await StartAsync(cluster, Rules);
        cluster.Mock.CreateTopic("pay", 1);
        var codecs = Enum.GetValues<CompressionType>();
        foreach (var codec in codecs) await ProduceAsync(node, "pay", codec, 20);

        var consumed = await ConsumeAsync(node, "pay", 20 * codecs.Length);

        Assert.Equal(Enumerable.Range(0, 20).SelectMany(i => codecs.Select(_ => i)), consumed.Select(message => (int)message.Value["number"]).Order());
        Assert.All(consumed, message =>
        {
            var owner = (GenericRecord)message.Value["owner"];
            Assert.Equal("ID", message.Key["id"]);
            Assert.Equal(("************1111", "MAIL", new DateTime(1970, 1, 1)), ((string)message.Value["pan"], (string)owner["mail"], (DateTime)owner["born"]));
            Assert.Equal(0m, (decimal)(AvroDecimal)message.Value["amount"]);
            Assert.Equal(["write to MAIL", "twice"], ((IEnumerable<object>)message.Value["notes"]).Cast<string>());
        });
        // The key's and the value's, each once though both directions of several sessions need them.
        Assert.Equal(["/schemas/ids/1", "/schemas/ids/2"], _registry.AskedWith($"Bearer {Token}").Order());
        await NothingIsRecordedAsync(node, Card, "me@example.org", "customer-");
    }

    [Fact]
    public async Task While_the_registry_fails_strict_rules_let_nothing_through_and_once_it_answers_everything_goes_on()
    {
        await using var cluster = new KafkaCluster(_upstreams.Server());
        await using var node = await StartAsync(cluster, "{ name: pan, topics: [pay], direction: to-upstream, avro: [$.pan], action: redact, text: HIDDEN }");
        cluster.Mock.CreateTopic("pay", 1);
        ErrorCode refused;
        using (var clients = Registry())
        using (var producer = Producer(node, clients, CompressionType.None))
        {
            _registry.FailsFor = $"Bearer {Token}";
            refused = (await Assert.ThrowsAsync<ProduceException<GenericRecord, GenericRecord>>(() => producer.ProduceAsync("pay", Message(0)))).Error.Code;
            _registry.FailsFor = null;
            await Eventually.AssertAsync(async () => Assert.Null(await Xunit.Record.ExceptionAsync(() => producer.ProduceAsync("pay", Message(1)))));
        }

        Assert.Equal(ErrorCode.InvalidRecord, refused);
        var only = Assert.Single(await ConsumeAsync(node, "pay", 1));
        Assert.Equal((1, "HIDDEN"), ((int)only.Value["number"], (string)only.Value["pan"]));
        await NothingIsRecordedAsync(node, Card);
    }

    Task<TestNode> StartAsync(KafkaCluster cluster, string rules)
    {
        Environment.SetEnvironmentVariable("SPEC_REGISTRY_TOKEN", Token);
        return KafkaNode.StartAsync(
            _upstreams, cluster, _issuer.Options("main"),
            masking: $"{{ schemaRegistry: {{ url: '{_registry.Url}', authorities: '{_registry.AuthoritiesFile}', tokenEnvironment: SPEC_REGISTRY_TOKEN }}, rules: [ {rules} ] }}");
    }

    CachedSchemaRegistryClient Registry() => new(new SchemaRegistryConfig { Url = _registry.Url, EnableSslCertificateVerification = false });

    IProducer<GenericRecord, GenericRecord> Producer(TestNode node, ISchemaRegistryClient registry, CompressionType codec)
    {
        var config = KafkaNode.ByPassword<ProducerConfig>(node, KafkaNode.Token(_issuer));
        (config.CompressionType, config.LingerMs) = (codec, 5);
        return new ProducerBuilder<GenericRecord, GenericRecord>(config)
            .SetKeySerializer(new AvroSerializer<GenericRecord>(registry)).SetValueSerializer(new AvroSerializer<GenericRecord>(registry)).Build();
    }

    async Task ProduceAsync(TestNode node, string topic, CompressionType codec, int count)
    {
        using var registry = Registry();
        using var producer = Producer(node, registry, codec);
        await Task.WhenAll(Enumerable.Range(0, count).Select(i => producer.ProduceAsync(topic, Message(i))));
    }

    Task<List<Message<GenericRecord, GenericRecord>>> ConsumeAsync(TestNode node, string topic, int count) => Task.Run(() =>
    {
        using var registry = Registry();
        var config = KafkaNode.ByPassword<ConsumerConfig>(node, KafkaNode.Token(_issuer));
        config.GroupId = "readers";
        using var consumer = new ConsumerBuilder<GenericRecord, GenericRecord>(config)
            .SetKeyDeserializer(new AvroDeserializer<GenericRecord>(registry).AsSyncOverAsync())
            .SetValueDeserializer(new AvroDeserializer<GenericRecord>(registry).AsSyncOverAsync()).Build();
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var messages = new List<Message<GenericRecord, GenericRecord>>();
        while (messages.Count < count) messages.Add(consumer.Consume(late.Token).Message);
        consumer.Close();
        return messages;
    });

    static async Task NothingIsRecordedAsync(TestNode node, params string[] originals) => await Eventually.AssertAsync(async () =>
    {
        Assert.Empty(await node.Archive.ListAsync(new SessionFilter { Open = true }, CancellationToken.None));
        var sessions = await node.Archive.ListAsync(new SessionFilter { Open = false }, CancellationToken.None);
        Assert.NotEmpty(sessions);
        var recorded = new StringBuilder();
        foreach (var session in sessions) recorded.Append(Encoding.Latin1.GetString(await node.ReplayAsync(session.SessionId, Direction.ToUpstream)));
        Assert.All(originals, original => Assert.DoesNotContain(original, recorded.ToString(), StringComparison.Ordinal));
    });

    static Message<GenericRecord, GenericRecord> Message(int number)
    {
        var schema = (RecordSchema)Avro.Schema.Parse(Payment);
        var (key, payment, owner) = (new GenericRecord((RecordSchema)Avro.Schema.Parse(Key)), new GenericRecord(schema), new GenericRecord((RecordSchema)schema["owner"].Schema));
        key.Add("id", $"customer-{number}");
        owner.Add("mail", "me@example.org");
        owner.Add("born", new DateTime(1980, 2, 3, 0, 0, 0, DateTimeKind.Utc));
        payment.Add("number", number);
        payment.Add("pan", Card);
        payment.Add("amount", new AvroDecimal(12.50m));
        payment.Add("owner", owner);
        payment.Add("notes", new[] { "write to me@example.org", "twice" });
        return new() { Key = key, Value = payment };
    }
}

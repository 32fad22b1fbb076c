using System.Text;
using System.Text.RegularExpressions;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Gateway.Protocols.Kafka;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Rules;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Masking;
using Gateway.Specs.Kafka;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>Kafka's own errors, as clients hear them from a real node.</summary>
public sealed class KafkaErrorsOnTheWireSpec : IssuedSpec
{
    const short Produce = 0;
    const short Fetch = 1;
    const short Metadata = 3;
    const string NoSecrets = """{ deny: [{ operation: "*", resource: "secret*" }, { operation: cluster, resource: "*" }] }""";
    const string Masking = "{ rules: [ { name: pan, topics: [pay], json: [$.pan], action: redact } ] }";

    static readonly string[] s_topics = ["open", "secret", "secrets", "pay"];

    /// <summary>What each kind of name that is denied is answered.</summary>
    static readonly Dictionary<EntityKind, KafkaError> s_errors = new()
    {
        [EntityKind.Topic] = KafkaError.TopicAuthorizationFailed,
        [EntityKind.TopicPattern] = KafkaError.TopicAuthorizationFailed,
        [EntityKind.TopicId] = KafkaError.UnknownTopicId,
        [EntityKind.Group] = KafkaError.GroupAuthorizationFailed,
        [EntityKind.CoordinatorKey] = KafkaError.GroupAuthorizationFailed,
        [EntityKind.TransactionalId] = KafkaError.TransactionalIdAuthorizationFailed,
        [EntityKind.Resource] = KafkaError.TopicAuthorizationFailed,
    };

    [Fact]
    public async Task Whatever_is_denied_is_answered_in_kafkas_words_by_every_api_in_every_version()
    {
        await using var broker = Broker();
        await using var node = await KafkaNode.StartAsync(Upstreams, broker, Issuer.Options("main"), NoSecrets);
        await using var client = await KafkaPeer.LogInAsync(node, KafkaNode.Token(Issuer));
        var told = new HashSet<KafkaError>();
        foreach (var layout in RandomMessages.Layouts.Where(l => l.IsRequest && KafkaRanges.Everything.Allow(l.Key, l.Version)))
        {
            var request = new NamedMessages("secret", "secret", "secrets").Of(layout.Body);
            if (layout.Key == Produce) request.With("Acks", -1L);
            var expected = Expected(layout).ToHashSet();
            if (expected.Count == 0) continue;

            var errors = NamedMessages.Errors(await client.AskAsync(layout, request)).Where(code => code != 0).Select(code => (KafkaError)code).ToArray();

            // The first versions of DescribeLogDirs have no place for an error: an empty answer says it.
            Assert.True(errors.Length > 0 || layout is { Key: 35, Version: < 3 }, $"{layout}: no error");
            Assert.All(errors, error => Assert.True(expected.Contains(error), $"{layout}: {error}"));
            told.UnionWith(errors);
        }

        Assert.Equal([.. s_errors.Values.Append(KafkaError.ClusterAuthorizationFailed).Distinct().Order()], told.Order());
        // Which topic an id is the gateway asks in its own name.
        var arrived = broker.Asked.Where(asked => asked.Layout.Key != Metadata || asked.Body.Structs("Topics").Any(topic => topic["Name"] is not null));
        Assert.DoesNotContain(arrived, asked => NamedMessages.NamesIn(asked.Body).Any(name => name.StartsWith("secret", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_client_of_librdkafka_is_told_which_transactional_id_group_and_part_of_the_cluster_it_may_not_use()
    {
        await using var broker = Broker();
        await using var node = await KafkaNode.StartAsync(Upstreams, broker, Issuer.Options("main"), NoSecrets);
        var token = KafkaNode.Token(Issuer);
        var config = KafkaNode.ByPassword<ProducerConfig>(node, token);
        config.TransactionalId = "secret-id";
        using var producer = new ProducerBuilder<Null, string>(config).Build();
        using var admin = new AdminClientBuilder(KafkaNode.ByPassword<AdminClientConfig>(node, token)).Build();

        var transaction = await Task.Run(() => Assert.Throws<KafkaException>(() => producer.InitTransactions(TimeSpan.FromSeconds(30))));
        var lists = await Assert.ThrowsAsync<CreateAclsException>(() => admin.CreateAclsAsync([Anything]));
        var groups = await Assert.ThrowsAsync<DeleteGroupsException>(() => admin.DeleteGroupsAsync(["secret-group"]));
        var topics = await Assert.ThrowsAsync<DeleteTopicsException>(() => admin.DeleteTopicsAsync(["secret"]));

        Assert.Equal(
            [ErrorCode.TransactionalIdAuthorizationFailed, ErrorCode.ClusterAuthorizationFailed, ErrorCode.GroupAuthorizationFailed, ErrorCode.TopicAuthorizationFailed],
            [transaction.Error.Code, lists.Results.Single().Error.Code, groups.Results.Single().Error.Code, topics.Results.Single().Error.Code]);
    }

    [Fact]
    public async Task A_fetch_in_a_session_of_another_connections_hears_that_there_is_none()
    {
        await using var broker = Broker();
        await using var node = await KafkaNode.StartAsync(Upstreams, broker, Issuer.Options("main"), NoSecrets);
        await using var client = await KafkaPeer.LogInAsync(node, KafkaNode.Token(Issuer));
        foreach (var version in new short[] { 7, 15 })
        {
            var layout = KafkaApi.All[Fetch].Request(version);

            var answer = await client.AskAsync(layout, new StructValue(layout.Body).With("SessionId", 78L).With("SessionEpoch", 1L));

            Assert.Equal((long)KafkaError.FetchSessionIdNotFound, answer.Number("ErrorCode"));
        }

        Assert.Empty(broker.Of(Fetch));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(12)]
    [InlineData(13)]
    public async Task A_batch_that_is_too_large_and_records_that_cannot_be_masked_are_told_to_the_producer_and_go_no_further(short version)
    {
        await using var broker = Broker();
        await using var node = await KafkaNode.StartAsync(Upstreams, broker, Issuer.Options("main"), masking: Masking, limits: "{ kafka: { maxBatchBytes: 2000 } }");
        await using var client = await KafkaPeer.LogInAsync(node, KafkaNode.Token(Issuer));

        Assert.Equal(KafkaError.MessageTooLarge, await ProducedAsync(client, version, "open", new string('x', 2001)));
        Assert.Equal(KafkaError.InvalidRecord, await ProducedAsync(client, version, "pay", "no json"));
        Assert.Equal(KafkaError.None, await ProducedAsync(client, version, "pay", "{}"));

        Assert.Single(broker.Of(Produce));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(12)]
    [InlineData(13)]
    public async Task To_a_consumer_the_partition_is_corrupt_at_records_that_cannot_be_masked(short version)
    {
        await using var broker = Broker();
        broker.Script = (request, answer) =>
        {
            if (answer.Has("Responses") && request.Has("Topics")) Records(Named(answer.Add("Responses"), "pay").Add("Partitions"));
        };
        await using var node = await KafkaNode.StartAsync(Upstreams, broker, Issuer.Options("main"), masking: Masking);
        await using var client = await KafkaPeer.LogInAsync(node, KafkaNode.Token(Issuer));
        var layout = KafkaApi.All[Fetch].Request(version);
        var request = new StructValue(layout.Body).With("MaxBytes", 1_000_000L);
        Named(request.Add("Topics"), "pay").Add("Partitions").With("PartitionMaxBytes", 1_000_000L);

        var told = (await client.AskAsync(layout, request)).Structs("Responses").Single().Structs("Partitions").Single();

        Assert.Equal((KafkaError.CorruptMessage, 0), ((KafkaError)told.Number("ErrorCode"), (told["Records"] as byte[])?.Length ?? 0));

        static void Records(StructValue partition) => partition.With("Records", (object)Batches.Write(RecordCodec.None, 0, new Batches.Record("k", "no json")));
    }

    [Fact]
    public void The_documents_promise_no_errors_but_those_that_are_heard_here()
    {
        KafkaError[] heard =
        [
            .. s_errors.Values, KafkaError.ClusterAuthorizationFailed, KafkaError.FetchSessionIdNotFound, KafkaError.MessageTooLarge, KafkaError.InvalidRecord, KafkaError.CorruptMessage,
        ];
        var promised = new[] { "kafka.md", "masking.md" }.SelectMany(page => Regex.Matches(File.ReadAllText(Repository.File($"docs/{page}")), "[A-Z]+_[A-Z_]+")
            .Select(word => word.Value).Where(word => Enum.GetValues<KafkaError>().Any(error => Word(error) == word))).Distinct().Order(StringComparer.Ordinal);

        Assert.Equal(heard.Select(Word).Distinct().Order(StringComparer.Ordinal), promised);
    }

    static AclBinding Anything => new()
    {
        Pattern = new ResourcePattern { Type = ResourceType.Topic, Name = "open", ResourcePatternType = ResourcePatternType.Literal },
        Entry = new AccessControlEntry { Principal = "User:me", Host = "*", Operation = AclOperation.All, PermissionType = AclPermissionType.Allow },
    };

    ScriptedKafka Broker() => new(Upstreams.Server(), s_topics.ToDictionary(topic => topic, topic => NamedMessages.IdOf(topic).ToByteArray(bigEndian: true)));

    /// <summary>The errors that fit the kinds of names in a request.</summary>
    static IEnumerable<KafkaError> Expected(MessageLayout layout) => KafkaApi.All[layout.Key].Needs == KafkaOperation.Cluster
        ? [KafkaError.ClusterAuthorizationFailed]
        : Fields(layout.Body).Where(field => field.Needs > KafkaOperation.Nothing).Select(field => s_errors[field.Entity]);

    static IEnumerable<FieldLayout> Fields(StructLayout layout) => layout.Fields.SelectMany(field => field.Struct is { } inner ? Fields(inner) : [field]);

    static StructValue Named(StructValue entry, string topic) =>
        entry.WithAny("Name", Bytes(topic)).WithAny("Topic", Bytes(topic)).WithAny("TopicId", NamedMessages.IdOf(topic).ToByteArray(bigEndian: true));

    static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    static string Word(KafkaError error) => Regex.Replace(error.ToString(), "(?<=.)([A-Z])", "_$1").ToUpperInvariant();

    static async Task<KafkaError> ProducedAsync(KafkaPeer client, short version, string topic, string value)
    {
        var layout = KafkaApi.All[Produce].Request(version);
        var request = new StructValue(layout.Body).With("Acks", -1L);
        Named(request.Add("TopicData"), topic).Add("PartitionData").With("Records", (object)Batches.Write(RecordCodec.None, 0, new Batches.Record("k", value)));
        return (KafkaError)NamedMessages.Errors(await client.AskAsync(layout, request)).Append(0).Max();
    }
}

using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Masking;
using Gateway.Specs.Kafka;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>Every API that names topics by their ids alone, through a real node, to a broker that speaks them.</summary>
public sealed class KafkaIdsOnTheWireSpec : IssuedSpec
{
    const short Produce = 0;
    const short Fetch = 1;
    const short Metadata = 3;
    const short OffsetCommit = 8;
    const short OffsetFetch = 9;
    const short ShareFetch = 78;
    const short ShareAcknowledge = 79;
    const string Rules = """{ allow: [{ operation: "*", resource: open }, { operation: describe, resource: seen }, { operation: group, resource: "*" }] }""";

    static readonly string[] s_topics = ["open", "seen", "secret"];
    static readonly string[] s_groups = ["streams", "auditors", "operators"];

    [Theory]
    [InlineData(Produce, 13, "TopicData", 29)]
    [InlineData(Fetch, 13, "Topics", 29)]
    [InlineData(Fetch, 15, "Topics", 29)]
    [InlineData(OffsetCommit, 10, "Topics", 29)]
    [InlineData(OffsetFetch, 10, "Topics", 0)]
    [InlineData(ShareFetch, 1, "Topics", 29)]
    [InlineData(ShareAcknowledge, 2, "Topics", 29)]
    public async Task What_is_allowed_goes_on_what_is_denied_is_answered_in_kafkas_words_and_an_id_is_asked_for_once(short key, short version, string list, long ofSeen)
    {
        await using var broker = Broker();
        await using var node = await KafkaNode.StartAsync(Upstreams, broker, Issuer.Options("main"), Rules);
        await using var client = await KafkaPeer.LogInAsync(node, KafkaNode.Token(Issuer));

        // Who may see a topic may see a group's offsets in it: its answer is the broker's.
        var errors = new Dictionary<string, long[]>();
        foreach (var topic in new[] { "open", "seen", "secret", "nobody's", "open" }) errors[topic] = await ErrorsAsync(client, Of(key, version, list, topic));

        Assert.Equal([0, ofSeen, 100, 100], new[] { "open", "seen", "secret", "nobody's" }.Select(topic => errors[topic].Max()));
        var arrived = broker.Of(key).SelectMany(body => Named(body, list)).Select(topic => (byte[])topic["TopicId"]!).ToArray();
        Assert.Equal(ofSeen == 0 ? [Id("open"), Id("seen"), Id("open")] : [Id("open"), Id("open")], arrived);
        var asked = broker.Of(Metadata).SelectMany(body => body.Structs("Topics")).Select(topic => (byte[])topic["TopicId"]!).ToArray();
        Assert.Equal([Id("open"), Id("seen"), Id("secret"), Id("nobody's")], asked);
    }

    [Fact]
    public async Task What_is_denied_of_a_groups_offsets_is_told_beside_the_brokers_answer_and_not_in_it_where_all_are_asked_for()
    {
        await using var broker = Broker();
        broker.Script = TellOffsets;
        await using var node = await KafkaNode.StartAsync(Upstreams, broker, Issuer.Options("main"), Rules);
        await using var client = await KafkaPeer.LogInAsync(node, KafkaNode.Token(Issuer));
        var layout = KafkaApi.All[OffsetFetch].Request(10);
        var (some, all) = (new StructValue(layout.Body), new StructValue(layout.Body));
        var group = some.Add("Groups").With("GroupId", "mine");
        foreach (var topic in new[] { "open", "secret", "seen" }) Partition(group.Add("Topics").With("TopicId", (object)Id(topic)));
        all.Add("Groups").With("GroupId", "mine").With("Topics", (object?)null);

        var (ofSome, ofAll) = (await client.AskAsync(layout, some), await client.AskAsync(layout, all));

        Assert.Equal([("open", 4711L, 0L), ("secret", 0, 100), ("seen", 4711, 0)], Offsets(ofSome).Order());
        Assert.Equal([("open", 4711L, 0L), ("seen", 4711, 0)], Offsets(ofAll).Order());
    }

    [Fact]
    public async Task What_was_produced_by_an_id_alone_is_not_said_again_and_that_is_told()
    {
        await using var broker = Broker();
        await using var node = await KafkaNode.StartAsync(Upstreams, broker, Issuer.Options("main"), Rules);
        await using (var client = await KafkaPeer.LogInAsync(node, KafkaNode.Token(Issuer)))
        {
            await ErrorsAsync(client, Of(Produce, 13, "TopicData", "open"));
            await ErrorsAsync(client, Of(OffsetCommit, 10, "Topics", "open"));
        }

        var row = await node.EndedAsync();
        using var user = new UserCommands(node);
        user.Variables["GATEWAY_TOKEN"] = Issuer.Mint(new TokenContent { Groups = s_groups });

        var said = await user.RunAsync("sessions", "replay", row.SessionId, "--to", "events", "--reason", "to have it twice");

        Assert.Contains("1 cannot be said again", said.All, StringComparison.Ordinal);
        Assert.Single(broker.Of(Produce));
        Assert.Single(broker.Of(OffsetCommit));
    }

    ScriptedKafka Broker() =>
        new(Upstreams.Server(), s_topics.ToDictionary(topic => topic, Id));

    static byte[] Id(string topic) => NamedMessages.IdOf(topic).ToByteArray(bigEndian: true);

    static (MessageLayout Layout, StructValue Body) Of(short key, short version, string list, string topic)
    {
        var layout = KafkaApi.All[key].Request(version);
        var body = new StructValue(layout.Body);
        if (key == Produce) body.With("Acks", -1L);
        if (key == OffsetFetch) body.Add("Groups").With("GroupId", "mine");
        var named = (key == OffsetFetch ? body.Structs("Groups").Single() : body).Add(list).With("TopicId", (object)Id(topic));
        if (key == Produce) named.Add("PartitionData").With("Records", Batches.Write(RecordCodec.None, 0, new Batches.Record("key", "value")));
        else Partition(named);
        return (layout, body);
    }

    static void Partition(StructValue topic)
    {
        if (topic.Has("PartitionIndexes")) topic["PartitionIndexes"] = new List<object?> { 0L };
        else topic.Add("Partitions");
    }

    static IEnumerable<StructValue> Named(StructValue body, string list) =>
        body.Has("Groups") ? body.Structs("Groups").SelectMany(group => group.Structs(list)) : body.Structs(list);

    static async Task<long[]> ErrorsAsync(KafkaPeer client, (MessageLayout Layout, StructValue Body) request) =>
        [.. NamedMessages.Errors(await client.AskAsync(request.Layout, request.Body)), 0];

    /// <summary>Offsets of what is asked for; of all topics where that is all.</summary>
    static void TellOffsets(StructValue request, StructValue answer)
    {
        foreach (var group in request.Structs("Groups"))
        {
            var told = answer.Add("Groups").With("GroupId", group["GroupId"]);
            var ids = group["Topics"] is null ? s_topics.Select(Id) : group.Structs("Topics").Select(topic => (byte[])topic["TopicId"]!);
            foreach (var id in ids) told.Add("Topics").With("TopicId", (object)id).Add("Partitions").With("CommittedOffset", 4711L);
        }
    }

    static IEnumerable<(string Topic, long Offset, long Error)> Offsets(StructValue told) =>
        from topic in told.Structs("Groups").Single().Structs("Topics")
        from partition in topic.Structs("Partitions")
        select (s_topics.Single(name => Id(name).AsSpan().SequenceEqual((byte[])topic["TopicId"]!)), partition.Number("CommittedOffset"), partition.Number("ErrorCode"));
}

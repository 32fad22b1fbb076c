using System.Text;
using Gateway.Protocols;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Schema;
using Xunit;

namespace Gateway.Specs.Kafka;

/// <summary>What the table alone does not tell: sessions of fetches, topics that are created by being asked for, and records that nobody asked for.</summary>
public sealed class KafkaDenialsSpec
{
    const short Produce = 0;
    const short Fetch = 1;
    const short Metadata = 3;
    const short OffsetFetch = 9;
    const long FetchSessionIdNotFound = 70;

    static readonly OperationRules s_rules = new(
        [new("produce", "open*"), new("consume", "open*"), new("create", "open-new"), new("describe", "seen"), new("group", "*")], [new("*", "secret*")]);

    readonly JudgedSession _session = new(s_rules);

    [Theory]
    [InlineData(7)]
    [InlineData(12)]
    public void A_fetch_that_is_denied_in_part_begins_no_session_in_which_it_could_go_on(short version)
    {
        var layout = KafkaApi.All[Fetch].Request(version);

        var (forwarded, _) = _session.Ask(layout, FetchOf(layout, 0, 0, "open", "secret"));

        Assert.Equal((-1, 1), (forwarded!.Number("SessionEpoch"), forwarded.Structs("Topics").Count()));
        Assert.InRange(forwarded.Number("MaxBytes"), 1, Limits.Default.KafkaHeldResponse);
        Assert.Equal([new DeniedOperation("consume", "secret")], _session.Denied);
    }

    [Fact]
    public void A_fetch_goes_on_in_the_session_that_this_connection_was_told_of_and_in_no_other()
    {
        var api = KafkaApi.All[Fetch];
        _session.Ask(api.Request(12), FetchOf(api.Request(12), 0, 0, "open"));
        _session.Tell(api.Response(12), new StructValue(api.Response(12).Body).With("SessionId", 77));

        Assert.NotNull(_session.Ask(api.Request(12), FetchOf(api.Request(12), 77, 1)).Forwarded);
        _session.Tell(api.Response(12), new StructValue(api.Response(12).Body).With("SessionId", 77));
        var (forwarded, answer) = _session.Ask(api.Request(12), FetchOf(api.Request(12), 78, 1));

        Assert.Equal((null, FetchSessionIdNotFound), (forwarded, answer!.Number("ErrorCode")));
    }

    [Fact]
    public void A_topic_that_is_denied_cannot_be_added_to_a_session()
    {
        var api = KafkaApi.All[Fetch];
        _session.Ask(api.Request(12), FetchOf(api.Request(12), 0, 0, "open"));
        _session.Tell(api.Response(12), new StructValue(api.Response(12).Body).With("SessionId", 77));

        var (forwarded, answer) = _session.Ask(api.Request(12), FetchOf(api.Request(12), 77, 1, "secret"));

        Assert.Equal((null, FetchSessionIdNotFound), (forwarded, answer!.Number("ErrorCode")));
        Assert.Equal([new DeniedOperation("consume", "secret")], _session.Denied);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    public void Records_of_a_topic_that_is_denied_never_reach_the_client_whoever_asked_for_them(int chunk)
    {
        var api = KafkaApi.All[Fetch];
        _session.Ask(api.Request(12), FetchOf(api.Request(12), 0, 0, "open"));
        var response = new StructValue(api.Response(12).Body);
        response.Add("Responses").With("Topic", "secret").Add("Partitions").With("Records", "card"u8.ToArray());

        var heard = _session.Hear(api.Response(12), response, chunk);

        Assert.True(heard.AsSpan().IndexOf("card"u8) < 0);
        Assert.Equal(Refusal.OperationDenied, _session.Refusal);
    }

    [Fact]
    public void What_is_denied_of_a_fetch_is_told_beside_the_records_of_the_rest()
    {
        var api = KafkaApi.All[Fetch];
        _session.Ask(api.Request(12), FetchOf(api.Request(12), 0, 0, "open", "secret"));
        var response = new StructValue(api.Response(12).Body);
        response.Add("Responses").With("Topic", "open").Add("Partitions").With("Records", "beer"u8.ToArray());

        var told = _session.Tell(api.Response(12), response)!.Structs("Responses").ToArray();

        Assert.Equal(["open", "secret"], told.Select(t => t.Text("Topic")));
        Assert.Equal("beer", told[0].Structs("Partitions").Single().Text("Records"));
        Assert.Equal((29, 3), (told[1].Structs("Partitions").Single().Number("ErrorCode"), told[1].Structs("Partitions").Single().Number("PartitionIndex")));
    }

    [Theory]
    [InlineData(3, "open-new", true, true)]
    [InlineData(3, "open", false, false)]
    [InlineData(12, "open-new", true, true)]
    [InlineData(12, "open", true, false)]
    public void A_topic_is_created_by_being_asked_for_only_where_it_may_be_created(short version, string topic, bool goesOn, bool isCreated)
    {
        var layout = KafkaApi.All[Metadata].Request(version);
        var request = new StructValue(layout.Body);
        request.Add("Topics").With("Name", topic);

        var (forwarded, _) = _session.Ask(layout, request);

        Assert.Equal(goesOn, forwarded!.Structs("Topics").Any());
        if (version >= 4) Assert.Equal(isCreated ? 1 : 0, forwarded.Number("AllowAutoTopicCreation"));
        Assert.Equal(goesOn ? [] : [new DeniedOperation("create", topic)], _session.Denied);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(-1, true)]
    public void A_produce_that_is_denied_has_an_answer_only_where_the_client_wants_one(short acks, bool isAnswered)
    {
        var layout = KafkaApi.All[Produce].Request(9);

        var (forwarded, answer) = _session.Ask(layout, ProduceOf(layout, acks, "secret"));

        Assert.Null(forwarded);
        Assert.Equal(isAnswered, answer is not null);
        Assert.Equal([new DeniedOperation("produce", "secret")], _session.Denied);
        if (answer is null) return;
        var partition = answer.Structs("Responses").Single().Structs("PartitionResponses").Single();
        Assert.Equal((29, "refused by the gateway: operation-denied"), (partition.Number("ErrorCode"), partition.Text("ErrorMessage")));
    }

    [Fact]
    public void Answers_of_the_gateways_own_wait_for_those_that_were_asked_for_before()
    {
        var api = KafkaApi.All[Produce];
        Assert.NotNull(_session.Ask(api.Request(9), ProduceOf(api.Request(9), 1, "open")).Forwarded);
        var produced = new StructValue(api.Response(9).Body);
        produced.Add("Responses").With("Name", "open").Add("PartitionResponses");

        var (forwarded, answer) = _session.Ask(api.Request(9), ProduceOf(api.Request(9), 1, "secret"));
        var told = _session.TellAll(api.Response(9), produced, to: 1);

        Assert.Equal((null, null), (forwarded, answer));
        Assert.Equal([(1, "open: 0"), (2, "secret: 29")], told.Select(t => (t.CorrelationId, Shown(t.Body.Structs("Responses").Single()))));

        static string Shown(StructValue told) => $"{told.Text("Name")}: {told.Structs("PartitionResponses").Single().Number("ErrorCode")}";
    }

    [Fact]
    public void What_is_denied_in_part_takes_no_more_memory_until_it_is_answered_than_answers_of_the_gateways_own()
    {
        const int Longest = 30_000;
        var layout = KafkaApi.All[Metadata].Request(12);
        var request = new StructValue(layout.Body).With("AllowAutoTopicCreation", 0);
        foreach (var topic in new[] { "seen", $"secret{new string('x', Longest)}" }) request.Add("Topics").With("Name", topic);

        var asked = 0;
        for (; _session.Refusal == Refusal.None && asked <= Limits.Default.KafkaInFlight; asked++) _session.Ask(layout, request);

        Assert.Equal(Refusal.ProtocolViolated, _session.Refusal);
        Assert.InRange(asked, 2, (Limits.Default.KafkaAnswers / Longest) + 1);
    }

    [Fact]
    public void What_is_denied_in_part_counts_no_more_once_it_is_answered()
    {
        var api = KafkaApi.All[Metadata];
        var request = new StructValue(api.Request(12).Body).With("AllowAutoTopicCreation", 0);
        foreach (var topic in new[] { "seen", $"secret{new string('x', 30_000)}" }) request.Add("Topics").With("Name", topic);

        for (var asked = 0; asked < 100; asked++)
        {
            _session.Ask(api.Request(12), request);
            Assert.NotNull(_session.Tell(api.Response(12), new StructValue(api.Response(12).Body)));
        }

        Assert.Equal(Refusal.None, _session.Refusal);
    }

    [Theory]
    [InlineData(10_000, Refusal.None)]
    [InlineData(70_000, Refusal.FrameTooLarge)]
    public void Numbers_that_are_denied_are_as_many_at_once_as_structs_may_be(int partitions, Refusal refusal)
    {
        var layout = KafkaApi.All[OffsetFetch].Request(7);
        var request = new StructValue(layout.Body).With("GroupId", "mine");
        var numbers = Enumerable.Range(0, partitions).Select(i => (object?)(long)i).ToList();
        foreach (var topic in new[] { "open", "secret" }) request.Add("Topics").With("Name", topic).With("PartitionIndexes", numbers);

        _session.Ask(layout, request, mostStructs: 2 * partitions);

        Assert.Equal(refusal, _session.Refusal);
    }

    [Theory]
    [InlineData(4096, 64, Refusal.None, 4096)]
    [InlineData(4097, 10, Refusal.OperationDenied, 4096)]
    [InlineData(4096, 65, Refusal.OperationDenied, 4032)]
    public void More_denials_at_once_than_a_record_holds_end_the_session(int topics, int length, Refusal refusal, int recorded)
    {
        var layout = KafkaApi.All[Produce].Request(9);
        var produce = new StructValue(layout.Body).With("Acks", 0L);
        for (var i = 0; i < topics; i++) produce.Add("TopicData").With("Name", $"secret{i}".PadRight(length, 'x')).Add("PartitionData");

        _session.Ask(layout, produce);

        Assert.Equal((refusal, recorded), (_session.Refusal, _session.Denied.Count));
    }

    [Fact]
    public void A_regular_expression_of_a_clients_own_is_denied_where_anything_is()
    {
        var layout = KafkaApi.All[68].Request(1);
        var request = new StructValue(layout.Body).With("GroupId", "mine").With("SubscribedTopicRegex", "open.*");

        var (forwarded, answer) = _session.Ask(layout, request);

        Assert.Equal((null, 29), (forwarded, answer!.Number("ErrorCode")));
    }

    static StructValue FetchOf(MessageLayout layout, long session, long epoch, params string[] topics)
    {
        var fetch = new StructValue(layout.Body).With("SessionId", session).With("SessionEpoch", epoch);
        foreach (var topic in topics) fetch.Add("Topics").With("Topic", topic).Add("Partitions").With("Partition", 3);
        return fetch;
    }

    static StructValue ProduceOf(MessageLayout layout, long acks, string topic)
    {
        var produce = new StructValue(layout.Body).With("Acks", acks);
        produce.Add("TopicData").With("Name", topic).Add("PartitionData").With("Records", Encoding.UTF8.GetBytes("records"));
        return produce;
    }
}

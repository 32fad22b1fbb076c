using System.Text;
using Gateway.Actors.Protocol;
using Gateway.Protocols;
using Gateway.Protocols.Kafka;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Kafka.Topics;
using Gateway.Protocols.Masking;
using Xunit;
using static Gateway.Specs.Masking.MaskBench;

namespace Gateway.Specs.Kafka;

/// <summary>Requests that name topics by their ids alone (KIP-516), and what the gateway does to know which topics those are.</summary>
public sealed class KafkaTopicIdsSpec
{
    const short Produce = 0;
    const short Fetch = 1;
    const short Metadata = 3;
    const short OffsetFetch = 9;
    const short ShareFetch = 78;
    const long UnknownTopicId = 100;

    static readonly OperationRules s_rules = new([new("produce", "open*"), new("consume", "open*"), new("describe", "seen"), new("group", "*")], [new("*", "secret*")]);
    static readonly MessageLayout s_fetch = KafkaApi.All[Fetch].Request(15);
    static readonly MessageLayout s_fetched = KafkaApi.All[Fetch].Response(15);
    static readonly MessageLayout s_ask = KafkaApi.All[Metadata].Request(13);
    static readonly MessageLayout s_told = KafkaApi.All[Metadata].Response(13);

    readonly TopicIds _topics = new();
    readonly JudgedSession _session;

    public KafkaTopicIdsSpec() => _session = new JudgedSession(s_rules, topics: _topics);

    [Theory]
    [InlineData(1)]
    [InlineData(100_000)]
    public void An_id_that_nobody_has_told_yet_is_asked_for_once_and_its_request_goes_on_as_it_came(int chunk)
    {
        var session = new JudgedSession(s_rules, topics: _topics) { Chunk = chunk };

        Assert.Null(session.Ask(s_fetch, FetchOf("open", "open-too")).Forwarded);
        var asked = session.Asks(s_ask)!;
        var (forwarded, answer) = session.AnswerOwn(s_told, ToldOf("open", "open-too"), s_fetch);

        Assert.Equal(0, asked.Number("AllowAutoTopicCreation"));
        Assert.Equal([Id("open"), Id("open-too")], asked.Structs("Topics").Select(t => (byte[])t["TopicId"]!));
        Assert.All(asked.Structs("Topics"), topic => Assert.Null(topic["Name"]));
        Assert.Null(answer);
        Assert.Equal(MessageWriter.Body(FetchOf("open", "open-too")), MessageWriter.Body(forwarded!));
        // Nobody has to ask again, whoever it is.
        Assert.NotNull(new JudgedSession(s_rules, topics: _topics).Ask(s_fetch, FetchOf("open-too")).Forwarded);
        Assert.Null(session.Asks(s_ask));
    }

    [Theory]
    [InlineData("secret", 100)]
    [InlineData("nobody's", 100)]
    [InlineData("seen", 29)]
    public void A_topic_that_may_not_be_seen_is_as_unknown_as_one_that_is_not_there_and_one_that_may_be_seen_is_denied(string topic, short error)
    {
        Teach("secret", "seen");

        var (forwarded, answer) = _session.Ask(s_fetch, FetchOf(topic));
        if (topic == "nobody's") (forwarded, answer) = Answer(ToldOf());

        Assert.Null(forwarded);
        Assert.Equal([$"{Shown(topic)}: {error}"], ErrorsOf(answer!));
        Assert.Equal([new DeniedOperation("consume", topic == "nobody's" ? new Guid(Id(topic), bigEndian: true).ToString() : topic)], _session.Denied);
        Assert.Null(_session.Asks(s_ask));
    }

    [Fact]
    public void What_is_told_to_any_client_of_the_connection_is_known()
    {
        var layout = KafkaApi.All[Metadata];
        _session.Ask(layout.Request(10), new StructValue(layout.Request(10).Body).With("Topics", (object?)null));
        _session.Tell(layout.Response(10), Told(layout.Response(10), "open", "secret"));
        var other = new JudgedSession(s_rules, topics: _topics);

        Assert.NotNull(other.Ask(s_fetch, FetchOf("open")).Forwarded);
        // What was left out of the client's answer is known too.
        other.Tell(s_fetched, Fetched());
        Assert.Equal([$"{Shown("secret")}: 100"], ErrorsOf(other.Ask(s_fetch, FetchOf("secret")).Answer!));
        Assert.Null(other.Asks(s_ask));
    }

    [Fact]
    public void A_topic_that_is_made_again_is_judged_by_its_new_name_and_an_id_never_changes_its_topic()
    {
        Teach("open");
        var again = Guid.NewGuid();
        _topics.Learn(again, "secret"u8);
        _topics.Learn(new Guid(Id("open"), bigEndian: true), "secret"u8);
        _topics.Learn(again, "open"u8);

        Assert.NotNull(_session.Ask(s_fetch, FetchOf("open")).Forwarded);
        var fetch = new StructValue(s_fetch.Body);
        fetch.Add("Topics").With("TopicId", (object)again.ToByteArray(bigEndian: true)).Add("Partitions");
        Assert.Null(_session.Ask(s_fetch, fetch).Forwarded);
    }

    [Fact]
    public void A_name_that_is_allowed_covers_no_id_that_is_not()
    {
        Teach("secret");
        var request = new StructValue(s_ask.Body).With("AllowAutoTopicCreation", 0);
        request.Add("Topics").With("Name", "open").With("TopicId", (object)Id("secret"));

        Assert.Empty(_session.Ask(s_ask, request).Forwarded!.Structs("Topics"));
    }

    [Theory]
    [InlineData(15, "secret", 1)]
    [InlineData(15, "secret", 3)]
    [InlineData(15, "secret", 10_000)]
    [InlineData(15, "nobody's", 10_000)]
    public void Records_of_a_topic_that_is_denied_or_unknown_never_reach_the_client(short version, string topic, int chunk)
    {
        Teach("open", "secret");
        _session.Ask(KafkaApi.All[Fetch].Request(version), FetchOf("open"));

        var heard = _session.Hear(s_fetched, Fetched((topic, "card"u8.ToArray())), chunk);

        Assert.True(heard.AsSpan().IndexOf("card"u8) < 0);
        Assert.Equal(Refusal.OperationDenied, _session.Refusal);
        Assert.Contains(topic == "secret" ? "'secret'" : Shown(topic), _session.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Records_that_a_share_group_acquires_of_a_topic_that_is_denied_end_the_session_too()
    {
        Teach("open", "secret");
        var api = KafkaApi.All[ShareFetch];
        var request = new StructValue(api.Request(2).Body).With("GroupId", "mine").With("MaxBytes", int.MaxValue);
        request.Add("Topics").With("TopicId", (object)Id("open")).Add("Partitions");

        var (forwarded, _) = _session.Ask(api.Request(2), request);
        var response = new StructValue(api.Response(2).Body);
        response.Add("Topics").With("TopicId", (object)Id("secret")).Add("Partitions").With("Records", "card"u8.ToArray());
        Assert.Null(_session.Tell(api.Response(2), response));

        // All of it is held for the addresses behind the records.
        Assert.Equal(Limits.Default.KafkaMaskedFetch, forwarded!.Number("MaxBytes"));
        Assert.Equal(Refusal.OperationDenied, _session.Refusal);
    }

    [Fact]
    public void What_comes_behind_a_request_that_waits_waits_too_and_what_was_asked_before_is_answered()
    {
        Teach("open");
        _session.Ask(s_fetch, FetchOf("open"));
        Assert.Null(_session.Ask(s_fetch, FetchOf("open-too")).Forwarded);
        Assert.NotNull(_session.Asks(s_ask));
        Assert.Null(_session.Ask(s_fetch, FetchOf("open")).Forwarded);

        Assert.Equal([1], _session.TellAll(s_fetched, Fetched(("open", "beer"u8.ToArray())), to: 1).Select(t => t.CorrelationId));
        var forwarded = _session.AnswerOwnAll(s_told, ToldOf("open-too"));

        Assert.Equal([2, 3], forwarded);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_offsets_of_all_of_a_groups_topics_are_told_without_those_that_may_not_be_seen_alone(bool isTold)
    {
        var api = KafkaApi.All[OffsetFetch];
        var request = new StructValue(api.Request(10).Body);
        request.Add("Groups").With("GroupId", "mine").With("Topics", (object?)null);

        Assert.Null(_session.Ask(api.Request(10), request).Forwarded);
        Assert.Null(_session.Asks(s_ask)!["Topics"]);
        Assert.NotNull(_session.AnswerOwn(s_told, isTold ? ToldOf("open", "secret") : ToldOf(), api.Request(10)).Forwarded);
        var response = new StructValue(api.Response(10).Body);
        var group = response.Add("Groups").With("GroupId", "mine");
        foreach (var topic in new[] { "open", "secret" }) group.Add("Topics").With("TopicId", (object)Id(topic)).Add("Partitions");

        var told = _session.Tell(api.Response(10), response)!.Structs("Groups").Single().Structs("Topics").Select(t => (byte[])t["TopicId"]!);

        Assert.Equal(isTold ? [Id("open")] : [], told);
    }

    [Fact]
    public void A_batch_for_an_id_streams_by_once_the_id_is_known_and_is_denied_where_its_topic_is()
    {
        Teach("open", "secret");
        var layout = KafkaApi.All[Produce].Request(13);

        Assert.Equal(MessageWriter.Body(ProduceOf(1, "open")), MessageWriter.Body(_session.Ask(layout, ProduceOf(1, "open")).Forwarded!));
        _session.Tell(KafkaApi.All[Produce].Response(13), new StructValue(KafkaApi.All[Produce].Response(13).Body));
        var (forwarded, answer) = _session.Ask(layout, ProduceOf(1, "secret"));
        Assert.Equal((null, UnknownTopicId), (forwarded, answer!.Structs("Responses").Single().Structs("PartitionResponses").Single().Number("ErrorCode")));
        _session.Ask(layout, ProduceOf(1, "new"));
        Assert.NotNull(_session.Asks(s_ask));
        Assert.NotNull(_session.AnswerOwn(s_told, ToldOf("open-too", "new"), layout).Answer);
    }

    [Theory]
    [InlineData("pay", """{"card":"***"}""")]
    [InlineData("free", """{"card":"4111"}""")]
    public void Rules_that_mask_know_a_topic_by_its_id(string topic, string value)
    {
        Teach("pay", "free");
        var session = Masking();
        var (produce, records) = (KafkaApi.All[Produce].Request(13), Batches.Write(RecordCodec.None, 0, new Batches.Record("k", value)));

        var produced = session.Ask(produce, ProduceOf(1, topic, s_readable)).Forwarded!;
        session.Tell(KafkaApi.All[Produce].Response(13), new StructValue(KafkaApi.All[Produce].Response(13).Body));
        session.Ask(s_fetch, FetchOf(topic));
        var fetched = session.Tell(s_fetched, Fetched((topic, s_readable)))!;

        Assert.Equal(records, (byte[])produced.Structs("TopicData").Single().Structs("PartitionData").Single()["Records"]!);
        Assert.Equal(records, (byte[])fetched.Structs("Responses").Single().Structs("Partitions").Single()["Records"]!);
    }

    [Fact]
    public void Where_anything_is_masked_nothing_passes_of_a_topic_that_nobody_knows()
    {
        var (session, produce) = (Masking(), KafkaApi.All[Produce].Request(13));

        session.Ask(produce, ProduceOf(1, "nobody's", s_readable));
        Assert.NotNull(session.Asks(s_ask));
        var (forwarded, answer) = session.AnswerOwn(s_told, ToldOf(), produce);
        session.Ask(s_fetch, FetchOf("nobody's"));
        Assert.NotNull(session.Asks(s_ask));
        Assert.NotNull(session.AnswerOwn(s_told, ToldOf(), s_fetch).Forwarded);
        var partition = session.Tell(s_fetched, Fetched(("nobody's", s_readable)))!.Structs("Responses").Single().Structs("Partitions").Single();

        Assert.Null(forwarded);
        Assert.Equal(UnknownTopicId, answer!.Structs("Responses").Single().Structs("PartitionResponses").Single().Number("ErrorCode"));
        Assert.Equal((2, 0), (partition.Number("ErrorCode"), ((byte[])partition["Records"]!).Length));
    }

    [Theory]
    [InlineData(11, 12, 12)]
    [InlineData(12, 13, 15)]
    public void Versions_that_name_topics_by_id_alone_are_told_only_where_the_broker_can_be_asked_for_ids(short metadata, short produce, short fetch)
    {
        var broker = new StructValue(KafkaApi.All[18].Response(0).Body);
        foreach (var key in KafkaApi.All.Keys)
            broker.Add("ApiKeys").With("ApiKey", key).With("MinVersion", 0L).With("MaxVersion", key == Metadata ? metadata : (long)short.MaxValue);

        var ranges = ApiRanges.Of(broker);

        Assert.Equal((produce, fetch, metadata >= 12), (ranges.Last(Produce)!.Value, ranges.Last(Fetch)!.Value, ranges.Last(ShareFetch) is not null));
    }

    [Fact]
    public void However_many_ids_are_told_those_that_are_kept_are_bounded_and_those_in_use_stay()
    {
        Teach("open");
        for (var i = 0; i < 5 * TopicIds.Most; i++)
        {
            _topics.Learn(new Guid(i + 1, 0, 0, new byte[8]), "other"u8);
            if (i % 1000 == 0) Assert.NotNull(_topics.Find(new Guid(Id("open"), bigEndian: true)));
        }

        Assert.Null(_topics.Find(new Guid(1, 0, 0, new byte[8])));
        Assert.NotNull(_topics.Find(new Guid(5 * TopicIds.Most, 0, 0, new byte[8])));
    }

    static readonly byte[] s_readable = Batches.Write(RecordCodec.None, 0, new Batches.Record("k", """{"card":"4111"}"""));

    JudgedSession Masking()
    {
        MaskingRule[] rules = [.. new[] { Direction.ToUpstream, Direction.ToClient }
            .Select(direction => Rule(Redact("***"), "$.card") with { Name = $"{direction}".ToLowerInvariant(), Topics = ["pay"], Direction = direction })];
        var masker = new Masker(MaskingRules.TryCreate(rules, ProtocolCatalog.Find("kafka")!.MatchesTopic)!, null) { Compression = RecordCompression.Instance };
        return new JudgedSession(OperationRules.Everything, masker, topics: _topics);
    }

    (StructValue? Forwarded, StructValue? Answer) Answer(StructValue told)
    {
        Assert.NotNull(_session.Asks(s_ask));
        return _session.AnswerOwn(s_told, told, s_fetch);
    }

    void Teach(params string[] topics)
    {
        foreach (var topic in topics) _topics.Learn(new Guid(Id(topic), bigEndian: true), Encoding.UTF8.GetBytes(topic));
    }

    static byte[] Id(string topic) => NamedMessages.IdOf(topic).ToByteArray(bigEndian: true);

    static string Shown(string topic) => NamedMessages.IdOf(topic).ToString();

    static StructValue FetchOf(params string[] topics)
    {
        var fetch = new StructValue(s_fetch.Body);
        foreach (var topic in topics) fetch.Add("Topics").With("TopicId", (object)Id(topic)).Add("Partitions").With("Partition", 3);
        return fetch;
    }

    static StructValue ProduceOf(long acks, string topic, byte[]? records = null)
    {
        var produce = new StructValue(KafkaApi.All[Produce].Request(13).Body).With("Acks", acks);
        produce.Add("TopicData").With("TopicId", (object)Id(topic)).Add("PartitionData").With("Records", (object)(records ?? new byte[50]));
        return produce;
    }

    static StructValue Fetched(params (string Topic, byte[] Records)[] topics)
    {
        var response = new StructValue(s_fetched.Body);
        foreach (var (topic, records) in topics) response.Add("Responses").With("TopicId", (object)Id(topic)).Add("Partitions").With("Records", (object)records);
        return response;
    }

    static StructValue ToldOf(params string[] topics) => Told(s_told, topics);

    static StructValue Told(MessageLayout layout, params string[] topics)
    {
        var told = new StructValue(layout.Body);
        foreach (var topic in topics) told.Add("Topics").With("Name", topic).With("TopicId", (object)Id(topic));
        return told;
    }

    static IEnumerable<string> ErrorsOf(StructValue fetched) =>
        fetched.Structs("Responses").Select(t => $"{new Guid((byte[])t["TopicId"]!, bigEndian: true)}: {t.Structs("Partitions").Single().Number("ErrorCode")}");
}

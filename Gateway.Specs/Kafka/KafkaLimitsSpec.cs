using System.Text;
using Gateway.Actors.Legs;
using Gateway.Protocols;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Kafka.Topics;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Gateway.Specs.Kafka;

/// <summary>What a client may ask for at most: the size of its batches, its name, and how much in a second.</summary>
public sealed class KafkaLimitsSpec
{
    const short Produce = 0;
    const short Fetch = 1;
    const short Metadata = 3;
    const int Most = 2000;
    const int MessageTooLarge = 10;

    static readonly OperationRules s_everything = new([], []);
    static readonly OperationRules s_noSecrets = new([], [new("*", "secret*")]);
    static readonly TrafficLimits s_capped = new() { MaxBatchBytes = Most };

    readonly FakeTimeProvider _time = new();
    readonly Sight _sight = new();

    public static TheoryData<short> ProduceVersions => [.. Versions(Produce)];

    [Theory]
    [MemberData(nameof(ProduceVersions))]
    public void A_batch_that_is_too_large_is_answered_so_and_the_other_partitions_of_its_request_go_on(short version)
    {
        var (session, layout) = (Session(s_capped with { Sight = _sight }), KafkaApi.All[Produce].Request(version));

        var (forwarded, answer) = session.Ask(layout, ProduceOf(layout, 1, ("one", Most + 1), ("one", Most), ("two", 5)));
        Assert.Equal(["too large"], _sight.Seen);

        Assert.Null(answer);
        Assert.Equal(["one/1: 2000", "two/2: 5"], Produced(forwarded!));
        Assert.Equal([new DeniedOperation("produce", "one")], session.Denied);
        var produced = new StructValue(Response(layout).Body);
        Named(produced.Add("Responses"), "one").Add("PartitionResponses").With("Index", 1).With("BaseOffset", 7);
        Assert.Equal(["one/1: 0", "one/0: 10"], Told(session.Tell(Response(layout), produced)!));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 1)]
    [InlineData(100_000, 1)]
    [InlineData(1000, 0)]
    public void A_single_batch_that_is_too_large_is_dropped_as_it_comes_and_answered_where_an_answer_is_wanted(int chunk, short acks)
    {
        var layout = KafkaApi.All[Produce].Request(9);
        var session = new JudgedSession(s_everything, traffic: s_capped with { Sight = _sight }) { Chunk = chunk };

        var (forwarded, answer) = session.Ask(layout, ProduceOf(layout, acks, ("one", Most + 1)));
        Assert.Equal(["too large"], _sight.Seen);

        Assert.Equal((Refusal.None, null), (session.Refusal, forwarded));
        Assert.Equal([new DeniedOperation("produce", "one")], session.Denied);
        if (acks == 0)
        {
            Assert.Null(answer);
            return;
        }

        Assert.Equal(["one/0: 10"], Told(answer!));
        var partition = answer!.Structs("Responses").Single().Structs("PartitionResponses").Single();
        Assert.Equal("the records have 2001 bytes, and this gateway takes 2000 for a partition at once", partition.Text("ErrorMessage"));
        Assert.Equal(-1, partition.Number("BaseOffset"));
        // And it is at its end: what comes next is read from its start.
        Assert.NotNull(session.Ask(layout, ProduceOf(layout, acks, ("one", Most))).Forwarded);
    }

    [Fact]
    public void A_batch_that_is_larger_than_what_may_be_held_is_answered_too_and_takes_no_memory()
    {
        var (layout, length) = (KafkaApi.All[Produce].Request(9), Limits.Default.KafkaHeldProduce * 2);
        var session = new JudgedSession(s_everything, traffic: s_capped) { Chunk = 65_536 };

        var (forwarded, answer) = session.Ask(layout, ProduceOf(layout, 1, ("one", length)));

        Assert.Equal((Refusal.None, null), (session.Refusal, forwarded));
        Assert.Equal(["one/0: 10"], Told(answer!));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1_000_000)]
    public void A_batch_that_is_as_large_as_allowed_streams_by(int chunk)
    {
        var layout = KafkaApi.All[Produce].Request(9);
        var session = new JudgedSession(s_everything, traffic: s_capped) { Chunk = chunk };

        Assert.Equal(["one/0: 2000"], Produced(session.Ask(layout, ProduceOf(layout, 1, ("one", Most))).Forwarded!));
        Assert.Empty(session.Denied);
    }

    [Fact]
    public void What_is_too_large_is_told_beside_what_is_denied()
    {
        var layout = KafkaApi.All[Produce].Request(9);
        var session = new JudgedSession(s_noSecrets, traffic: s_capped);

        var (forwarded, answer) = session.Ask(layout, ProduceOf(layout, 1, ("secret", 5), ("one", Most + 1)));

        Assert.Null(forwarded);
        Assert.Equal(["one/1: 10", "secret/0: 29"], Told(answer!));
        Assert.Equal([new DeniedOperation("produce", "secret"), new DeniedOperation("produce", "one")], session.Denied);
    }

    [Theory]
    [InlineData("billing-7", Refusal.None)]
    [InlineData("billing", Refusal.OperationDenied)]
    [InlineData("Billing-7", Refusal.OperationDenied)]
    [InlineData("", Refusal.OperationDenied)]
    public void A_client_of_another_name_is_sent_away_with_the_names_that_are_taken(string name, Refusal refusal)
    {
        var layout = KafkaApi.All[Metadata].Request(12);
        var session = new JudgedSession(s_everything, traffic: new() { ClientIds = ["billing-*", "orders"] }) { Client = name };

        session.Ask(layout, new StructValue(layout.Body));

        Assert.Equal(refusal, session.Refusal);
        if (refusal == Refusal.None) return;
        Assert.Equal($"the client calls itself '{name}' (client.id), which this connection takes from nobody: it takes billing-*, orders", session.Detail);
    }

    [Theory]
    [InlineData(9, 1, 0, 1500)]
    [InlineData(9, 1, 5000, 5000)]
    [InlineData(3, 1, 0, 1500)]
    public void What_is_produced_too_fast_is_answered_with_how_long_to_wait_or_with_the_brokers_own_where_that_is_longer(
        short version, short acks, int brokers, int told)
    {
        var (session, layout) = (Session(new() { Produced = Budget(20_000), Sight = _sight }), KafkaApi.All[Produce].Request(version));
        var overhead = KafkaFrame.Request(layout, 1, "client"u8, ProduceOf(layout, acks, ("one", 50_000))).Length - 50_000;

        session.Ask(layout, ProduceOf(layout, acks, ("one", 50_000 - overhead)));
        Assert.Equal(TimeSpan.Zero, session.TakeMute());
        var answer = session.Tell(Response(layout), new StructValue(Response(layout).Body).With("ThrottleTimeMs", brokers))!;

        Assert.Equal(told, answer.Number("ThrottleTimeMs"));
        Assert.Equal(TimeSpan.FromSeconds(1.5), session.TakeMute());
        Assert.Equal(["ToUpstream: 50000 bytes, 1500 ms"], _sight.Seen);
        // What was waited for is told of once.
        _time.Advance(TimeSpan.FromMinutes(1));
        session.Ask(layout, ProduceOf(layout, acks, ("one", 50_000 - overhead)));
        session.Tell(Response(layout), new StructValue(Response(layout).Body));
        Assert.Equal(["ToUpstream: 50000 bytes, 1500 ms", "ToUpstream: 50000 bytes, 1500 ms"], _sight.Seen);
    }

    [Fact]
    public void Who_wants_no_acknowledgement_is_read_no_further_either()
    {
        var (session, layout) = (Session(new() { Produced = Budget(20_000), Sight = _sight }), KafkaApi.All[Produce].Request(9));

        session.Ask(layout, ProduceOf(layout, 0, ("one", 60_000)));

        Assert.InRange(session.TakeMute(), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2.1));
        Assert.StartsWith("ToUpstream: 600", Assert.Single(_sight.Seen), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4, 1)]
    [InlineData(12, 1)]
    [InlineData(12, 3)]
    [InlineData(12, 100_000)]
    public void What_is_fetched_too_fast_says_so_in_its_first_bytes_however_they_come(short version, int chunk)
    {
        var api = KafkaApi.All[Fetch];
        var session = new JudgedSession(s_everything, traffic: new() { Consumed = Budget(20_000), Sight = _sight }) { Chunk = chunk };
        session.Ask(api.Request(version), FetchOf(api.Request(version)));
        var response = new StructValue(api.Response(version).Body);
        response.Add("Responses").With("Topic", "one").Add("Partitions").With("Records", new byte[60_000]);

        var told = session.Tell(api.Response(version), response)!;

        Assert.InRange(told.Number("ThrottleTimeMs"), 2000, 2100);
        Assert.Equal(60_000, ((byte[])told.Structs("Responses").Single().Structs("Partitions").Single()["Records"]!).Length);
        Assert.InRange(session.TakeMute(), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2.1));
        Assert.StartsWith("ToClient: 600", Assert.Single(_sight.Seen), StringComparison.Ordinal);
    }

    [Fact]
    public void A_fetch_asks_for_no_more_than_can_be_made_up_for_and_no_wait_is_longer()
    {
        var api = KafkaApi.All[Fetch];
        var session = Session(new() { Consumed = Budget(20_000) });

        var (forwarded, _) = session.Ask(api.Request(12), FetchOf(api.Request(12)));
        var response = new StructValue(api.Response(12).Body);
        response.Add("Responses").With("Topic", "one").Add("Partitions").With("Records", new byte[2_000_000]);
        session.Tell(api.Response(12), response);

        Assert.Equal((220_000, 220_000), (forwarded!.Number("MaxBytes"), forwarded.Structs("Topics").Single().Structs("Partitions").Single().Number("PartitionMaxBytes")));
        Assert.Equal(TimeSpan.FromSeconds(11), session.TakeMute());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Whatever_a_subject_does_it_gets_about_its_rate_over_all_its_sessions(int sessions)
    {
        const int Rate = 100_000;
        var layout = KafkaApi.All[Produce].Request(9);
        var budget = Budget(Rate);
        var all = Enumerable.Range(0, sessions).Select(_ => (Session: Session(new() { Produced = budget }), Free: DateTimeOffset.MinValue)).ToArray();
        var (end, bytes) = (_time.GetUtcNow() + TimeSpan.FromMinutes(2), 0L);

        for (; _time.GetUtcNow() < end; _time.Advance(TimeSpan.FromMilliseconds(10)))
        {
            foreach (ref var one in all.AsSpan())
            {
                if (one.Free > _time.GetUtcNow()) continue;
                one.Session.Ask(layout, ProduceOf(layout, 1, ("one", 30_000)));
                one.Session.Tell(Response(layout), new StructValue(Response(layout).Body));
                one.Free = _time.GetUtcNow() + one.Session.TakeMute();
                bytes += 30_000;
            }
        }

        Assert.InRange(bytes / 120.0, Rate * 0.95, Rate * 1.05);
    }

    static IEnumerable<short> Versions(short key) => KafkaRanges.Everything.Last(key) is { } last
        ? Enumerable.Range(KafkaApi.All[key].Versions.First, last - KafkaApi.All[key].Versions.First + 1).Select(v => (short)v)
        : [];

    static JudgedSession Session(TrafficLimits traffic)
    {
        var topics = new TopicIds();
        foreach (var topic in new[] { "one", "two" }) topics.Learn(NamedMessages.IdOf(topic), Encoding.UTF8.GetBytes(topic));
        return new(s_everything, traffic: traffic, topics: topics);
    }

    sealed class Sight : ITrafficSight
    {
        public List<string> Seen { get; } = [];

        public void Throttled(Direction direction, long bytes, TimeSpan wait) => Seen.Add($"{direction}: {bytes} bytes, {wait.TotalMilliseconds} ms");

        public void TooLarge() => Seen.Add("too large");
    }

    TokenBucket Budget(int rate) => new(rate, rate, _time);

    static MessageLayout Response(MessageLayout request) => KafkaApi.All[request.Key].Response(request.Version);

    static StructValue FetchOf(MessageLayout layout)
    {
        var fetch = new StructValue(layout.Body);
        fetch.Add("Topics").With("Topic", "one").Add("Partitions").With("PartitionMaxBytes", 1_048_576);
        return fetch;
    }

    /// <summary>Partitions are numbered in the order of the request.</summary>
    static StructValue ProduceOf(MessageLayout layout, long acks, params (string Topic, int Bytes)[] batches)
    {
        var produce = new StructValue(layout.Body).With("Acks", acks);
        foreach (var ofTopic in batches.Select((b, at) => (b.Topic, b.Bytes, At: at)).GroupBy(b => b.Topic))
        {
            var topic = Named(produce.Add("TopicData"), ofTopic.Key);
            foreach (var batch in ofTopic) topic.Add("PartitionData").With("Index", batch.At).With("Records", (object)new byte[batch.Bytes]);
        }

        return produce;
    }

    static IEnumerable<string> Produced(StructValue request) =>
        from topic in request.Structs("TopicData")
        from partition in topic.Structs("PartitionData")
        select $"{NameOf(topic)}/{partition.Number("Index")}: {((byte[])partition["Records"]!).Length}";

    static IEnumerable<string> Told(StructValue response) =>
        from topic in response.Structs("Responses")
        from partition in topic.Structs("PartitionResponses")
        select $"{NameOf(topic)}/{partition.Number("Index")}: {partition.Number("ErrorCode")}";

    static StructValue Named(StructValue topic, string name) =>
        topic.Has("Name") ? topic.With("Name", name) : topic.With("TopicId", (object)NamedMessages.IdOf(name).ToByteArray(bigEndian: true));

    static string? NameOf(StructValue topic) =>
        topic.Has("Name") ? topic.Text("Name") : new[] { "one", "two" }.Single(n => NamedMessages.IdOf(n).ToByteArray(bigEndian: true).AsSpan().SequenceEqual((byte[])topic["TopicId"]!));
}

using System.Buffers;
using Gateway.Actors.Protocol;
using Gateway.Protocols;
using Gateway.Protocols.Kafka;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Masking;
using Xunit;
using static Gateway.Specs.Masking.MaskBench;

namespace Gateway.Specs.Kafka;

public sealed class KafkaMaskingSpec
{
    const short Produce = 0;
    const short Fetch = 1;
    const long CorruptMessage = 2;

    static readonly byte[] s_readable = Batches.Write(RecordCodec.None, 0, new Batches.Record("k", """{"card":"4111"}"""));
    static readonly byte[] s_masked = Batches.Write(RecordCodec.None, 0, new Batches.Record("k", """{"card":"***"}"""));
    static readonly byte[] s_unreadable = Batches.Write(RecordCodec.None, 0, new Batches.Record("k", "card 4111"));

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void What_cannot_be_masked_is_taken_out_of_a_fetch_wherever_it_is_cut_and_its_partition_is_corrupt(short version)
    {
        var (request, response) = (KafkaApi.All[Fetch].Request(version), KafkaApi.All[Fetch].Response(version));
        var came = KafkaFrame.Response(response, 7, Fetched(response, (s_readable, 0), (s_unreadable, 0), (s_readable, 0)));
        var expected = KafkaFrame.Response(response, 7, Fetched(response, (s_masked, 0), ([], CorruptMessage), (s_masked, 0)));
        for (var cut = 1; cut <= came.Length; cut += 7)
        {
            var conversation = Opened();
            var (toUpstream, toClient) = (new ArrayBufferWriter<byte>(), new ArrayBufferWriter<byte>());
            var output = new RelayOutput(toUpstream, toClient);
            conversation.Relay(Direction.ToUpstream, KafkaFrame.Request(request, 7, new StructValue(request.Body)), output);

            foreach (var part in new[] { came[..cut], came[cut..] })
                Assert.Equal(Refusal.None, conversation.Relay(Direction.ToClient, part, output).Refusal);

            Assert.Equal(expected, toClient.WrittenSpan.ToArray());
            Assert.Equal([new DeniedOperation("consume", "pay")], output.Denied);
        }
    }

    [Fact]
    public void A_fetch_asks_for_no_more_than_may_be_held()
    {
        var layout = KafkaApi.All[Fetch].Request(12);
        var toUpstream = new ArrayBufferWriter<byte>();

        Opened().Relay(Direction.ToUpstream, KafkaFrame.Request(layout, 7, Asked(int.MaxValue, 1024)), new RelayOutput(toUpstream, new ArrayBufferWriter<byte>()));

        Assert.Equal(KafkaFrame.Request(layout, 7, Asked(Limits.Default.KafkaMaskedFetch, 1024)), toUpstream.WrittenSpan.ToArray());

        StructValue Asked(long most, long mostOfOne)
        {
            var body = new StructValue(layout.Body).With("MaxBytes", most);
            body.Add("Topics").With("Topic", "pay").Add("Partitions").With("PartitionMaxBytes", mostOfOne);
            return body;
        }
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(-1, true)]
    public void What_may_not_be_produced_is_told_so_whether_or_not_it_could_be_masked(short acks, bool isAnswered)
    {
        var (session, layout) = (Producing(), KafkaApi.All[Produce].Request(9));

        var (forwarded, answer) = session.Ask(layout, Produced(layout, acks, ("secret", s_unreadable)));

        Assert.Equal((null, Refusal.None), (forwarded, session.Refusal));
        Assert.Equal([new DeniedOperation("produce", "secret")], session.Denied);
        Assert.Equal(isAnswered ? ["secret: 29"] : [], Errors(answer));
    }

    [Fact]
    public void What_is_left_of_a_produce_that_is_denied_in_part_goes_on_masked()
    {
        var (session, api) = (Producing(), KafkaApi.All[Produce]);

        var (forwarded, _) = session.Ask(api.Request(9), Produced(api.Request(9), -1, ("secret", s_unreadable), ("pay", s_readable)));
        var produced = new StructValue(api.Response(9).Body);
        produced.Add("Responses").With("Name", "pay").Add("PartitionResponses");
        var told = session.Tell(api.Response(9), produced);

        var topic = forwarded!.Structs("TopicData").Single();
        Assert.Equal("pay", topic.Text("Name"));
        Assert.Equal(s_masked, (byte[])topic.Structs("PartitionData").Single()["Records"]!);
        Assert.Equal(["pay: 0", "secret: 29"], Errors(told));
    }

    [Fact]
    public void Of_a_produce_that_is_denied_in_part_and_cannot_be_masked_each_topic_is_told_why()
    {
        var (session, layout) = (Producing(), KafkaApi.All[Produce].Request(9));

        var (forwarded, answer) = session.Ask(layout, Produced(layout, -1, ("secret", s_readable), ("pay", s_unreadable)));

        Assert.Null(forwarded);
        Assert.Equal(["pay: 87", "secret: 29"], Errors(answer));
        Assert.Equal([new DeniedOperation("produce", "secret"), new DeniedOperation("produce", "pay")], session.Denied);
    }

    [Theory]
    [InlineData(0, Refusal.PayloadUnreadable)]
    [InlineData(1, Refusal.None)]
    [InlineData(-1, Refusal.None)]
    public void Records_that_cannot_be_masked_go_no_further_and_end_a_session_whose_client_awaits_no_word(short acks, Refusal refusal)
    {
        var layout = KafkaApi.All[Produce].Request(9);
        var request = KafkaFrame.Request(layout, 7, Produced(layout, acks, ("pay", s_unreadable)));
        var (toUpstream, toClient) = (new ArrayBufferWriter<byte>(), new ArrayBufferWriter<byte>());
        var output = new RelayOutput(toUpstream, toClient);

        var verdict = Opened(Direction.ToUpstream).Relay(Direction.ToUpstream, request, output);

        Assert.Equal(refusal, verdict.Refusal);
        Assert.False(verdict.IsWhole);
        Assert.Equal((0, acks == 0), (toUpstream.WrittenCount, toClient.WrittenCount == 0));
        Assert.Equal([new DeniedOperation("produce", "pay")], output.Denied);
        if (acks == 0) Assert.Contains("rule fields is strict", verdict.Detail, StringComparison.Ordinal);
    }

    static JudgedSession Producing() => new(new([], [new("*", "secret*")]), Masker(Direction.ToUpstream, "pay", "secret"));

    static StructValue Produced(MessageLayout layout, long acks, params (string Topic, byte[] Records)[] topics)
    {
        var body = new StructValue(layout.Body).With("Acks", acks);
        foreach (var (topic, records) in topics) body.Add("TopicData").With("Name", topic).Add("PartitionData").With("Records", records);
        return body;
    }

    static IEnumerable<string> Errors(StructValue? produced) => produced?.Structs("Responses")
        .Select(topic => $"{topic.Text("Name")}: {topic.Structs("PartitionResponses").Single().Number("ErrorCode")}") ?? [];

    static Masker Masker(Direction direction, params string[] topics)
    {
        var rule = Rule(Redact("***"), "$.card") with { Topics = [.. topics], Direction = direction };
        var rules = MaskingRules.TryCreate([rule], ProtocolCatalog.Find("kafka")!.MatchesTopic)!;
        return new(rules, null) { Compression = RecordCompression.Instance };
    }

    static StructValue Fetched(MessageLayout layout, params (byte[] Records, long Error)[] partitions)
    {
        var body = new StructValue(layout.Body);
        var topic = body.Add("Responses").With("Topic", "pay");
        foreach (var (records, error) in partitions) topic.Add("Partitions").With("Records", records).With("ErrorCode", error);
        var free = body.Add("Responses").With("Topic", "free");
        free.Add("Partitions").With("Records", s_unreadable);
        return body;
    }

    static KafkaConversation Opened(Direction masked = Direction.ToClient) =>
        OpenedKafka.Of(OperationRules.Everything, Masker(masked, "pay"));
}

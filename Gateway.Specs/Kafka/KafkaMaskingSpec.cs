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

    static StructValue Fetched(MessageLayout layout, params (byte[] Records, long Error)[] partitions)
    {
        var body = new StructValue(layout.Body);
        var topic = body.Add("Responses").With("Topic", "pay");
        foreach (var (records, error) in partitions) topic.Add("Partitions").With("Records", records).With("ErrorCode", error);
        var free = body.Add("Responses").With("Topic", "free");
        free.Add("Partitions").With("Records", s_unreadable);
        return body;
    }

    static KafkaConversation Opened()
    {
        var conversation = new KafkaConversation(Limits.Default);
        var aside = new ArrayBufferWriter<byte>();
        var api = KafkaApi.All[Fetch].Request(12);
        conversation.Begin(new Circumstances("localhost", 9092) { Upstream = new KafkaFacts(KafkaRanges.Everything, new Dictionary<int, BrokerAddress> { [1] = new("broker", 9092) }) });
        conversation.ReadLogin(KafkaFrame.Request(api, 1, new StructValue(api.Body)), aside);
        conversation.Mask(new Masker(
            new MaskingRules([Rule(Redact("***"), "$.card") with { Topics = ["pay"], Direction = Direction.ToClient }], ProtocolCatalog.Find("kafka")!.MatchesTopic), null)
        {
            Compression = RecordCompression.Instance,
        });
        conversation.Admit(OperationRules.Everything, aside, aside);
        conversation.StartUpstreamLogin(UpstreamCredentials.None, aside);
        conversation.ReadUpstreamLogin([], aside);
        return conversation;
    }
}

using System.Buffers;
using Gateway.Benchmarks.Load;
using Gateway.Protocols;
using Gateway.Protocols.Kafka;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Schema;

namespace Gateway.Benchmarks.Micro;

/// <summary>A Kafka session that is logged in, and what its client and its broker say over and over: one batch of 64 KiB each way.</summary>
sealed class KafkaSession
{
    const short ProduceVersion = 12, FetchVersion = 12;
    const int CorrelationId = 1;
    const string Topic = "orders";

    readonly KafkaConversation _conversation = new(Limits.Default);
    readonly RelayOutput _output = new(new ArrayBufferWriter<byte>(), new ArrayBufferWriter<byte>());
    readonly byte[] _produce;
    readonly byte[] _fetch;
    readonly byte[] _fetched;

    public KafkaSession(byte[] records, OperationRules rules)
    {
        _produce = Produce(records);
        _fetch = KafkaDialogue.Request(KafkaDialogue.FetchKey, FetchVersion, CorrelationId, body =>
            body.Add("Topics").With("Topic", Topic).Add("Partitions"));
        _fetched = KafkaDialogue.Answer(KafkaDialogue.FetchKey, FetchVersion, CorrelationId, body =>
            body.Add("Responses").With("Topic", Topic).Add("Partitions").With("Records", records));
        var nobody = new ArrayBufferWriter<byte>();
        _conversation.Begin(new Circumstances("localhost", 9092) { Upstream = Facts() });
        _conversation.ReadLogin(_produce, nobody);
        _conversation.Admit(rules, nobody, nobody);
        _conversation.StartUpstreamLogin(UpstreamCredentials.None, nobody);
        _conversation.ReadUpstreamLogin([], nobody);
    }

    public void ProduceOnce() => Relay(Direction.ToUpstream, _produce);

    public void FetchOnce()
    {
        Relay(Direction.ToUpstream, _fetch);
        Relay(Direction.ToClient, _fetched);
    }

    void Relay(Direction direction, byte[] frame)
    {
        if (!_conversation.Relay(direction, frame, _output).IsWhole) throw new InvalidOperationException("The conversation did not pass its own benchmark whole.");
    }

    static KafkaFacts Facts()
    {
        var body = new StructValue(KafkaApi.All[KafkaDialogue.ApiVersionsKey].Response(0).Body);
        foreach (var api in KafkaApi.All.Values)
            body.Add("ApiKeys").With("ApiKey", api.Key).With("MinVersion", api.Versions.First).With("MaxVersion", api.Versions.Last);
        return new KafkaFacts(ApiRanges.Of(body), new Dictionary<int, BrokerAddress> { [1] = new("broker", 9092) });
    }

    // Without acknowledgements, so that nothing piles up that awaits one.
    static byte[] Produce(byte[] records) => KafkaDialogue.Request(KafkaDialogue.ProduceKey, ProduceVersion, CorrelationId, body =>
        body.With("Acks", 0L).Add("TopicData").With("Name", Topic).Add("PartitionData").With("Records", records));
}

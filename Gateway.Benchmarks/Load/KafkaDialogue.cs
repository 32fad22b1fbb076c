using System.Text;
using Gateway.Benchmarks.Tls;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Schema;

namespace Gateway.Benchmarks.Load;

/// <summary>
/// Produce of 64 records of 1 KiB in a batch, which wants no answer, or Produce of one record of 100 bytes, which wants one and is the marker. The
/// correlation id says which: <see cref="Swallowed"/>, <see cref="Confirmed"/>, <see cref="Fetched"/>.
/// </summary>
class KafkaDialogue : Dialogue
{
    public const int Swallowed = 0, Confirmed = 1, Fetched = 2;
    public const short ProduceKey = 0, FetchKey = 1, MetadataKey = 3, ApiVersionsKey = 18, SaslHandshakeKey = 17, SaslAuthenticateKey = 36;
    public const short ProduceVersion = 9, FetchVersion = 12, MetadataVersion = 1, SaslHandshakeVersion = 1, SaslAuthenticateVersion = 1;

    /// <summary>Every client understands this one.</summary>
    public const short ApiVersionsVersion = 0;

    const string Topic = "readings";
    const int Records = BlockBytes / RecordBytes, RecordBytes = 1024, Seed = 2026;

    /// <summary>What answers a Produce that is <see cref="Confirmed"/>.</summary>
    public static byte[] Confirmation { get; } = Answer(ProduceKey, ProduceVersion, Confirmed, body =>
        body.Add("Responses").With("Name", Topic).Add("PartitionResponses").With("BaseOffset", 17L));

    /// <summary>What answers Fetches, one after the other: each brings one batch like those that are produced, and all have the same length.</summary>
    public static IReadOnlyList<byte[]> Fetches { get; } = [.. Batches(JsonRecord).Select(batch => Answer(FetchKey, FetchVersion, Fetched, body =>
        body.Add("Responses").With("Topic", Topic).Add("Partitions").With("HighWatermark", 64L).With("Records", batch)))];

    // One that every rule can read: the answer is the backend's.
    public override byte[] Opening { get; } = Produce(Confirmed, acks: 1, RecordBatches.Of(["{}"u8.ToArray()]));

    public override int OpeningReply => Confirmation.Length;

    public override IReadOnlyList<byte[]> Blocks { get; } = [.. Batches(JsonRecord).Select(Unconfirmed)];

    public override byte[] Finish => Opening;

    public override int FinishReply => Confirmation.Length;

    public override byte[] Message { get; } = Produce(Confirmed, acks: 1, RecordBatches.Of([JsonOrder.Of(new Random(Seed), 0, MessageBytes)]));

    public override int MessageReply => Confirmation.Length;

    public override byte[] BeforeBlocks(long blocks) => [];

    public override byte[] BeforeMessages(int messages) => [];

    /// <summary>The consumer: asks for a batch, and for the next when it has come.</summary>
    public sealed class Consumer : KafkaDialogue
    {
        public override byte[] Message { get; } = Request(FetchKey, FetchVersion, Fetched, body =>
            body.With("MaxBytes", (long)(2 * BlockBytes)).Add("Topics").With("Topic", Topic).Add("Partitions").With("PartitionMaxBytes", (long)(2 * BlockBytes)));

        public override int MessageReply => Fetches[0].Length;
    }

    /// <summary>A producer of records in Avro.</summary>
    public sealed class AvroProducer : KafkaDialogue
    {
        public override byte[] Opening { get; } = Produce(Confirmed, acks: 1, RecordBatches.Of([AvroPayment.Message(new Random(Seed))]));

        public override IReadOnlyList<byte[]> Blocks { get; } = [.. Batches((source, _) => AvroPayment.Message(source)).Select(Unconfirmed)];
    }

    /// <summary>One that logs in by SASL PLAIN, with a token for a password, and asks who the brokers are.</summary>
    public sealed class LoggedIn(string token) : KafkaDialogue
    {
        readonly byte[][] _requests =
        [
            Request(ApiVersionsKey, ApiVersionsVersion, Confirmed, _ => { }),
            Request(SaslHandshakeKey, SaslHandshakeVersion, Confirmed, body => body.With("Mechanism", "PLAIN")),
            Request(SaslAuthenticateKey, SaslAuthenticateVersion, Confirmed, body => body.With("AuthBytes", Encoding.ASCII.GetBytes($"\0client\0{token}"))),
            Request(MetadataKey, MetadataVersion, Confirmed, body => body.Add("Topics").With("Name", Topic)),
        ];

        public override LoadTask Open(TlsConnection connection, byte[] scratch) => new Asking(connection, _requests, scratch);
    }

    /// <summary>Produce of one record of 1 KiB that is confirmed: some that differ.</summary>
    public static IReadOnlyList<byte[]> Publications { get; } =
        [.. Enumerable.Range(0, Records).Select(i => Produce(Confirmed, acks: 1, RecordBatches.Of([JsonRecord(new Random(Seed + i), i)])))];

    /// <summary>As many different batches as there are <see cref="Payload.Blocks"/>, and for the same reason.</summary>
    public static IReadOnlyList<byte[]> Batches(Func<Random, int, byte[]> record)
    {
        var source = new Random(Seed);
        return [.. Enumerable.Range(0, Payload.Count).Select(_ => RecordBatches.Of([.. Enumerable.Range(0, Records).Select(i => record(source, i))]))];
    }

    public static byte[] JsonRecord(Random source, int number) => JsonOrder.Of(source, number, RecordBytes);

    static byte[] Unconfirmed(byte[] batch) => Produce(Swallowed, acks: 0, batch);

    static byte[] Produce(int correlationId, long acks, byte[] records) => Request(ProduceKey, ProduceVersion, correlationId, body =>
        body.With("Acks", acks).With("TimeoutMs", 1000L).Add("TopicData").With("Name", Topic).Add("PartitionData").With("Records", records));

    public static byte[] Request(short key, short version, int correlationId, Action<StructValue> fill)
    {
        var layout = KafkaApi.All[key].Request(version);
        var body = new StructValue(layout.Body);
        fill(body);
        return KafkaFrame.Request(layout, correlationId, body);
    }

    public static byte[] Answer(short key, short version, int correlationId, Action<StructValue> fill)
    {
        var layout = KafkaApi.All[key].Response(version);
        var body = new StructValue(layout.Body);
        fill(body);
        return KafkaFrame.Response(layout, correlationId, body);
    }
}

using System.Globalization;
using System.Text;
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
    public const short ProduceKey = 0, FetchKey = 1, MetadataKey = 3, ApiVersionsKey = 18;
    public const short ProduceVersion = 9, FetchVersion = 12, MetadataVersion = 1;

    const string Topic = "readings";
    const int Records = BlockBytes / RecordBytes, RecordBytes = 1024;

    /// <summary>What answers a Produce that is <see cref="Confirmed"/>.</summary>
    public static byte[] Confirmation { get; } = Answer(ProduceKey, ProduceVersion, Confirmed, body =>
        body.Add("Responses").With("Name", Topic).Add("PartitionResponses").With("BaseOffset", 17L));

    /// <summary>What answers a Fetch: one batch like those that are produced.</summary>
    public static byte[] Batches { get; } = Answer(FetchKey, FetchVersion, Fetched, body =>
        body.Add("Responses").With("Topic", Topic).Add("Partitions").With("HighWatermark", 64L).With("Records", Batch()));

    // One that every rule can read: the answer is the backend's.
    public override byte[] Opening { get; } = Produce(Confirmed, acks: 1, RecordBatches.Of(["{}"u8.ToArray()]));

    public override int OpeningReply => Confirmation.Length;

    public override IReadOnlyList<byte[]> Blocks { get; } = [Produce(Swallowed, acks: 0, Batch())];

    public override byte[] Finish => Opening;

    public override int FinishReply => Confirmation.Length;

    public override byte[] Message { get; } = Produce(Confirmed, acks: 1, RecordBatches.Of([Reading(0, MessageBytes)]));

    public override int MessageReply => Confirmation.Length;

    public override byte[] BeforeBlocks(long blocks) => [];

    public override byte[] BeforeMessages(int messages) => [];

    /// <summary>The consumer: asks for a batch, and for the next when it has come.</summary>
    public sealed class Consumer : KafkaDialogue
    {
        public override byte[] Message { get; } = Request(FetchKey, FetchVersion, Fetched, body =>
            body.With("MaxBytes", (long)(2 * BlockBytes)).Add("Topics").With("Topic", Topic).Add("Partitions").With("PartitionMaxBytes", (long)(2 * BlockBytes)));

        public override int MessageReply => Batches.Length;
    }

    /// <summary>A producer of records in Avro.</summary>
    public sealed class AvroProducer : KafkaDialogue
    {
        public override byte[] Opening { get; } = Produce(Confirmed, acks: 1, RecordBatches.Of([AvroPayment.Message()]));

        public override IReadOnlyList<byte[]> Blocks { get; } =
            [Produce(Swallowed, acks: 0, RecordBatches.Of([.. Enumerable.Repeat(AvroPayment.Message(), Records)]))];
    }

    static byte[] Batch() => RecordBatches.Of([.. Enumerable.Range(0, Records).Select(i => Reading(i, RecordBytes))]);

    /// <summary>An object of JSON of so many bytes, with a field that somebody might want masked.</summary>
    static byte[] Reading(int number, int bytes)
    {
        var head = string.Create(CultureInfo.InvariantCulture, $$"""{"sequence":{{number}},"owner":"somebody-{{number:D4}}","state":"running","values":[""");
        var text = new StringBuilder(head);
        for (var i = 0; text.Length < bytes; i++) text.Append(CultureInfo.InvariantCulture, $"{i % 80}.{i * 7919 % 10000:D4},");
        var values = text.ToString(0, bytes - 2);
        var whole = values[..values.LastIndexOf(',')].PadRight(bytes - 2) + "]}";
        return Encoding.ASCII.GetBytes(whole);
    }

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

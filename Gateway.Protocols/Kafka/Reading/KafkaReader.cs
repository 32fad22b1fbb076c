using Gateway.Protocols.Kafka.Topics;
using Gateway.Protocols.Reading;

namespace Gateway.Protocols.Kafka.Reading;

/// <summary>
/// Reads recorded bytes as Kafka's requests and responses: what each is called, the topics, groups and transactional ids that it names, and of each
/// partition how many records, at which offset, with what error. Topics that are
/// named by their ids are told by their names where the facts or the recording tell them. What is carried are the record batches, compressed as they are.
/// </summary>
public sealed class KafkaReader : LanedReader
{
    public KafkaReader(ReaderLimits limits, KafkaFacts? facts = null)
    {
        var (pending, topics) = (new PendingRequests(), new TopicIds(facts?.Topics));
        Lanes = [new KafkaLane(Direction.ToUpstream, limits, pending, topics), new KafkaLane(Direction.ToClient, limits, pending, topics)];
    }

    private protected override IReadOnlyList<OperationLane> Lanes { get; }
}

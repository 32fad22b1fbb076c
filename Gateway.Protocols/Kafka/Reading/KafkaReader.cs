using Gateway.Protocols.Reading;

namespace Gateway.Protocols.Kafka.Reading;

/// <summary>
/// Reads recorded bytes as Kafka's requests and responses: what each is called, the topics, groups and transactional ids that it names, and of each
/// partition how many records, at which offset, with what error. What is carried are the record batches, compressed as they are.
/// </summary>
public sealed class KafkaReader : LanedReader
{
    public KafkaReader(ReaderLimits limits)
    {
        var pending = new PendingRequests();
        Lanes = [new KafkaLane(Direction.ToUpstream, limits, pending), new KafkaLane(Direction.ToClient, limits, pending)];
    }

    private protected override IReadOnlyList<OperationLane> Lanes { get; }
}

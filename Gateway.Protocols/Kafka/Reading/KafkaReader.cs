using Gateway.Protocols.Reading;

namespace Gateway.Protocols.Kafka.Reading;

/// <summary>
/// Reads recorded bytes as Kafka's requests and responses: what each is called, the topics, groups and transactional ids that it names, and of each
/// partition how many records, at which offset, with what error. What is carried are the record batches, compressed as they are.
/// </summary>
public sealed class KafkaReader : OperationReader
{
    readonly KafkaLane[] _lanes;

    public KafkaReader(ReaderLimits limits)
    {
        var pending = new PendingRequests();
        _lanes = [new KafkaLane(Direction.ToUpstream, limits, pending), new KafkaLane(Direction.ToClient, limits, pending)];
    }

    public override void Read(long at, Direction direction, ReadOnlySpan<byte> bytes, List<DecodedOperation> into) =>
        _lanes[(int)direction].Read(at, bytes, into);

    public override void Finish(long at, List<DecodedOperation> into)
    {
        foreach (var lane in _lanes) lane.Finish(at, into);
    }
}

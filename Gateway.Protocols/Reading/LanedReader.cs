namespace Gateway.Protocols.Reading;

/// <summary>A reader that reads each direction in a lane of its own.</summary>
public abstract class LanedReader : OperationReader
{
    /// <summary>By <see cref="Direction"/>.</summary>
    private protected abstract IReadOnlyList<OperationLane> Lanes { get; }

    public sealed override void Read(long at, Direction direction, ReadOnlySpan<byte> bytes, List<DecodedOperation> into) =>
        Lanes[(int)direction].Read(at, bytes, into);

    public sealed override void Finish(long at, List<DecodedOperation> into)
    {
        foreach (var lane in Lanes) lane.Finish(at, into);
    }
}

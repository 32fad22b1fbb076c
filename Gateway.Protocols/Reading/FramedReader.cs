namespace Gateway.Protocols.Reading;

/// <summary>
/// A reader for protocols whose directions are one frame after the other: a head that is decoded, and behind it a payload that streams by. The
/// protocol says how long head and frame are, and what a head means.
/// </summary>
public abstract class FramedReader : LanedReader
{
    protected FramedReader(ReaderLimits limits)
    {
        Limits = limits;
        Lanes = [new FrameLane(this, Direction.ToUpstream), new FrameLane(this, Direction.ToClient)];
    }

    internal ReaderLimits Limits { get; }

    private protected override IReadOnlyList<OperationLane> Lanes { get; }

    /// <summary>Tells of the frame at the front of these bytes how long it is.</summary>
    protected internal abstract FrameMeasure Measure(Direction direction, ReadOnlySpan<byte> bytes);

    /// <summary>
    /// What a whole head says; null when it is none of the protocol's. Time, place and what follows the head are filled in by the caller.
    /// </summary>
    protected internal abstract DecodedOperation? Decode(Direction direction, ReadOnlySpan<byte> head, long frameLength);
}

/// <summary>What is known of a frame by its first bytes.</summary>
public readonly record struct FrameMeasure
{
    FrameMeasure(long head, long frame, string? fault) => (Head, Frame, Fault) = (head, frame, fault);

    /// <summary>Bytes that have to be there: of the head if <see cref="Frame"/> is known, otherwise to tell more.</summary>
    public long Head { get; }

    /// <summary>Bytes of the whole frame; 0 while that is not known.</summary>
    public long Frame { get; }

    /// <summary>Why this is no frame of the protocol; null when it may be one.</summary>
    public string? Fault { get; }

    /// <summary>More bytes are needed, this many at least.</summary>
    public static FrameMeasure NeedMore(long bytes) => new(bytes, 0, null);

    /// <summary>A frame, of which so many bytes are decoded.</summary>
    public static FrameMeasure Known(long head, long frame) => new(head, frame, null);

    public static FrameMeasure Bad(string fault) => new(0, 0, fault);
}

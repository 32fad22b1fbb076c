using Gateway.Protocols;
using Gateway.Protocols.Reading;

namespace Gateway.Actors.Replay;

/// <summary>
/// Which part of a recording is wanted. Times are microseconds since the Unix epoch; null is no bound. <see cref="FromOffset"/> counts the bytes of
/// each direction.
/// </summary>
public sealed record ReplayWindow
{
    /// <summary>Null: both.</summary>
    public Direction? Direction { get; init; }

    /// <summary>The first instant that is wanted.</summary>
    public long? From { get; init; }

    /// <summary>The first instant that is not wanted any more.</summary>
    public long? Until { get; init; }

    public long FromOffset { get; init; }

    /// <summary>True once nothing that is wanted can follow: pieces come in the order they were relayed.</summary>
    public bool IsPast(long at) => at >= Until;

    /// <summary>What is wanted of a piece that begins at this offset of its direction; null: nothing.</summary>
    public ReplayPiece? Part(ReplayPiece piece, long offset)
    {
        if (!IsWanted(piece.At, piece.Direction) || offset + piece.Bytes.Length <= FromOffset) return null;
        return offset >= FromOffset ? piece : piece with { Bytes = piece.Bytes[(int)(FromOffset - offset)..] };
    }

    /// <summary>An operation is wanted whole, also if it begins before <see cref="FromOffset"/>.</summary>
    public bool Holds(DecodedOperation operation) =>
        IsWanted(operation.At, operation.Direction) && operation.Offset + operation.Length > FromOffset;

    /// <summary>What happened at that instant is wanted, if it has no direction and no place among the bytes.</summary>
    public bool Holds(long at) => !(at < From) && !IsPast(at);

    bool IsWanted(long at, Direction direction) => (Direction ?? direction) == direction && Holds(at);
}

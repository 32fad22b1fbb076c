using System.Runtime.CompilerServices;
using Gateway.Protocols.Reading;

namespace Gateway.Actors.Replay;

/// <summary>The wanted part of a recording: piece by piece, or as the operations of its protocol.</summary>
public static class ReplayedOperations
{
    /// <summary>The pieces of traffic within the window, cut where it begins.</summary>
    public static async IAsyncEnumerable<ReplayPiece> WithinAsync(
        this IAsyncEnumerable<ReplayPiece> pieces, ReplayWindow window, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var offsets = new long[2];
        await foreach (var piece in pieces.WithCancellation(cancel))
        {
            if (window.IsPast(piece.At)) yield break;
            if (window.Part(piece, offsets[(int)piece.Direction]) is { } part) yield return part;
            offsets[(int)piece.Direction] += piece.Bytes.Length;
        }
    }

    /// <summary>
    /// The operations within the window. Read from the first byte on wherever the window begins: operations can only be told apart, and names that
    /// stand for others only be known, from the beginning.
    /// </summary>
    public static async IAsyncEnumerable<DecodedOperation> OperationsAsync(
        this IAsyncEnumerable<ReplayPiece> pieces, OperationReader reader, ReplayWindow window,
        [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var read = new List<DecodedOperation>();
        long last = 0;
        await foreach (var piece in pieces.WithCancellation(cancel))
        {
            if (window.IsPast(piece.At)) yield break;
            last = piece.At;
            reader.Read(piece.At, piece.Direction, piece.Bytes.Span, read);
            foreach (var operation in read)
            {
                if (window.Holds(operation)) yield return operation;
            }

            read.Clear();
        }

        reader.Finish(last, read);
        foreach (var operation in read)
        {
            if (window.Holds(operation)) yield return operation;
        }
    }
}

using System.Buffers.Binary;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Kafka.Wire;

namespace Gateway.Protocols.Kafka.Records;

/// <summary>Lets a Fetch ask for no more than may be held, or than its client's rate allows.</summary>
/// <param name="most">Bytes of a Fetch, and of each partition in it.</param>
sealed class FetchBound(int most)
{
    readonly FrameWalk _walk = new();

    /// <summary>The lower of two bounds; null where there is neither.</summary>
    public static FetchBound? Of(int? one, int? other) => one is null && other is null ? null : new(Math.Min(one ?? int.MaxValue, other ?? int.MaxValue));

    /// <summary>Writes a request whose body was walked already, bounded; nothing, where it asks for less.</summary>
    public void Set(MessageLayout layout, ReadOnlySpan<byte> frame, int headLength, PooledWriter target)
    {
        _walk.Begin(layout, frame, headLength);
        while (_walk.TryNext(frame, out var token))
        {
            if (token.Kind != BodyTokenKind.Value || token.Field!.Name is not ("MaxBytes" or "PartitionMaxBytes")) continue;
            if (token.Number <= most) continue;
            if (target.Length == 0) target.Write(frame);
            BinaryPrimitives.WriteInt32BigEndian(target.Written(_walk.At, sizeof(int)), most);
        }
    }
}

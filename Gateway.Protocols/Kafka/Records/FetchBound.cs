using System.Buffers.Binary;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Kafka.Wire;

namespace Gateway.Protocols.Kafka.Records;

/// <summary>Lets a Fetch ask for no more than may be held.</summary>
static class FetchBound
{
    /// <summary>Writes a request whose body was walked already, bounded; nothing, where it asks for less.</summary>
    public static void Set(MessageLayout layout, ReadOnlySpan<byte> frame, int headLength, int most, PooledWriter target)
    {
        var walk = new FrameWalk();
        walk.Begin(layout, frame, headLength);
        while (walk.TryNext(frame, out var token))
        {
            if (token.Kind != BodyTokenKind.Value || token.Field!.Name is not ("MaxBytes" or "PartitionMaxBytes") || token.Number <= most) continue;
            if (target.Length == 0) target.Write(frame);
            BinaryPrimitives.WriteInt32BigEndian(target.Written(walk.At, sizeof(int)), most);
        }
    }
}

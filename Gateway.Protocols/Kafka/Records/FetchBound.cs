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
        var walker = new BodyWalker();
        walker.Begin(layout, frame.Length - headLength);
        var at = headLength;
        for (BodyToken token; (token = walker.Next(frame[at..])).Kind != BodyTokenKind.End; at += token.Consumed)
        {
            if (token.Kind is BodyTokenKind.Malformed or BodyTokenKind.NeedMore) throw new InvalidOperationException("The frame was not walked before.");
            if (token.Kind != BodyTokenKind.Value || token.Field!.Name is not ("MaxBytes" or "PartitionMaxBytes") || token.Number <= most) continue;
            if (target.Length == 0) target.Write(frame);
            BinaryPrimitives.WriteInt32BigEndian(target.Written(at, sizeof(int)), most);
        }
    }
}

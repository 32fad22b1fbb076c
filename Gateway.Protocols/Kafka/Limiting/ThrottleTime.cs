using System.Buffers.Binary;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Kafka.Wire;

namespace Gateway.Protocols.Kafka.Limiting;

/// <summary>Has a response say how long its client is throttled. What the broker says itself stays where it is longer.</summary>
sealed class ThrottleTime
{
    public const string Field = "ThrottleTimeMs";

    readonly FrameWalk _walk = new();

    /// <summary>Adds the change to a frame whose body was walked already.</summary>
    public void Set(MessageLayout layout, ReadOnlySpan<byte> frame, int headLength, int milliseconds, BodyEdits edits)
    {
        _walk.Begin(layout, frame, headLength);
        while (_walk.TryNext(frame, out var token))
        {
            if (token.Kind != BodyTokenKind.Value || token.Field!.Path != Field) continue;
            if (token.Number >= milliseconds) return;
            Span<byte> number = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32BigEndian(number, milliseconds);
            edits.Replace(_walk.At, sizeof(int), number);
            return;
        }
    }
}

using Gateway.Protocols.Kafka.Schema;

namespace Gateway.Protocols.Kafka.Wire;

/// <summary>Walks the body of a whole frame again: one that was walked before, and so is neither malformed nor cut short.</summary>
sealed class FrameWalk
{
    readonly BodyWalker _walker = new();
    int _next;

    /// <inheritdoc cref="BodyWalker.Uuid"/>
    public Guid Uuid => _walker.Uuid;

    /// <summary>Where in the frame the last token begins.</summary>
    public int At { get; private set; }

    public void Begin(MessageLayout layout, ReadOnlySpan<byte> frame, int headLength)
    {
        _walker.Begin(layout, frame.Length - headLength);
        (At, _next) = (headLength, headLength);
    }

    /// <summary>The next token; false at the end.</summary>
    /// <exception cref="InvalidOperationException">The frame was not walked before.</exception>
    public bool TryNext(ReadOnlySpan<byte> frame, out BodyToken token)
    {
        token = _walker.Next(frame[_next..]);
        if (token.Kind is BodyTokenKind.Malformed or BodyTokenKind.NeedMore)
            throw new InvalidOperationException("The frame was not walked before.");
        (At, _next) = (_next, _next + token.Consumed);
        return token.Kind != BodyTokenKind.End;
    }
}

using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Kafka.Wire;

namespace Gateway.Specs.Kafka;

/// <summary>A whole walk over a body that comes in chunks.</summary>
static class BodyWalk
{
    /// <summary>
    /// Walks the body, of which <paramref name="chunk"/> says how much more comes each time. Yields the tokens, contents joined, and the last one.
    /// What a walk makes of a body must not depend on the chunks.
    /// </summary>
    public static (List<string> Tokens, BodyToken Last) Over(BodyWalker walker, MessageLayout layout, ReadOnlySpan<byte> body, long length, Func<int> chunk)
    {
        var tokens = new List<string>();
        return (tokens, Over(walker, layout, body, length, chunk, tokens));
    }

    /// <summary>As <see cref="Over(BodyWalker, MessageLayout, ReadOnlySpan{byte}, long, Func{int})"/>, for the last token alone.</summary>
    public static BodyToken LastOf(BodyWalker walker, MessageLayout layout, ReadOnlySpan<byte> body, Func<int> chunk) =>
        Over(walker, layout, body, body.Length, chunk, null);

    static BodyToken Over(BodyWalker walker, MessageLayout layout, ReadOnlySpan<byte> body, long length, Func<int> chunk, List<string>? tokens)
    {
        walker.Begin(layout, length);
        var (at, end) = (0, 0);
        while (true)
        {
            var token = walker.Next(body[at..end]);
            if (token.Kind is BodyTokenKind.End or BodyTokenKind.Malformed) return token;
            if (token.Kind == BodyTokenKind.NeedMore)
            {
                if (end == body.Length) return token;
                end += Math.Min(body.Length - end, chunk());
                continue;
            }

            at += token.Consumed;
            if (token.Kind != BodyTokenKind.Content) tokens?.Add($"{token.Kind} {token.Field?.Path} {token.Number} {at}");
        }
    }
}

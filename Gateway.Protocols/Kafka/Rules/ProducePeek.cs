using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Kafka.Wire;

namespace Gateway.Protocols.Kafka.Rules;

/// <summary>
/// Looks at the start of a Produce, before anything of it goes on: one that is for a single topic, and allowed, may stream by; any other is held until it
/// can be judged as a whole.
/// </summary>
sealed class ProducePeek(KafkaRules rules)
{
    readonly BodyWalker _walker = new();

    /// <summary>Whether it may stream by; null where more is needed to tell. A body that is malformed may: whoever walks it finds out.</summary>
    /// <param name="layout">Its layout.</param>
    /// <param name="body">The first bytes of its body.</param>
    /// <param name="length">All of its body's bytes.</param>
    public bool? MayStream(MessageLayout layout, ReadOnlySpan<byte> body, long length)
    {
        _walker.Begin(layout, length);
        while (true)
        {
            var token = _walker.Next(body);
            switch (token.Kind)
            {
                case BodyTokenKind.Malformed or BodyTokenKind.End:
                    return true;
                case BodyTokenKind.NeedMore:
                    return null;
                case BodyTokenKind.Value when token.Field!.Entity == EntityKind.TopicId:
                    return false;
                case BodyTokenKind.Count when token.Number != 1:
                    return token.Number <= 0;
                case BodyTokenKind.Length when token.Field!.Needs > KafkaOperation.Nothing && token.Number >= 0:
                    if (body.Length - token.Consumed < token.Number) return null;
                    if (!rules.Allows(token.Field.Needs, body.Slice(token.Consumed, (int)token.Number))) return false;
                    if (token.Field.Entity == EntityKind.Topic) return true;
                    break;
            }

            body = body[token.Consumed..];
        }
    }
}

using Gateway.Protocols.Kafka.Limiting;
using Gateway.Protocols.Kafka.Relay;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Kafka.Topics;
using Gateway.Protocols.Kafka.Wire;

namespace Gateway.Protocols.Kafka.Rules;

/// <summary>
/// Looks at the start of a Produce, before anything of it goes on: one that is for a single topic, known and allowed, may stream by, unless a batch of it might
/// be too large; any other is held until it can be judged as a whole. A single batch that is too large is dropped as it comes.
/// </summary>
/// <param name="rules">Null where everything is allowed.</param>
/// <param name="topics">Which topics ids stand for.</param>
/// <param name="most">Bytes that a partition's records may have; null: any.</param>
sealed class ProducePeek(KafkaRules? rules, TopicIds topics, int? most)
{
    readonly BodyWalker _walker = new();

    /// <summary>Once a frame's fate was to be dropped: what is dropped.</summary>
    public DroppedBatch? Dropped { get; private set; }

    /// <summary>What becomes of it; null where more is needed to tell. A body that is malformed may stream: whoever walks it finds out.</summary>
    /// <param name="layout">Its layout.</param>
    /// <param name="body">The first bytes of its body.</param>
    /// <param name="length">All of its body's bytes.</param>
    public FrameFate? FateOf(MessageLayout layout, ReadOnlySpan<byte> body, long length)
    {
        Dropped = null;
        var mayExceed = most is { } cap && length > cap;
        if (rules is null && !mayExceed && !layout.IsById) return FrameFate.Stream;
        var rest = body;
        var (acks, partition) = (0L, 0);
        ReadOnlySpan<byte> topic = default;
        _walker.Begin(layout, length);
        while (true)
        {
            var token = _walker.Next(rest);
            switch (token.Kind)
            {
                case BodyTokenKind.Malformed or BodyTokenKind.End:
                    return FrameFate.Stream;
                case BodyTokenKind.NeedMore:
                    return null;
                case BodyTokenKind.Value when token.Field!.Entity == EntityKind.TopicId:
                    if (topics.Find(_walker.Uuid) is not { } known || rules?.Allows(token.Field.Needs, known) == false) return FrameFate.Hold;
                    if (!mayExceed) return FrameFate.Stream;
                    topic = rest[..token.Consumed];
                    break;
                case BodyTokenKind.Value when token.Field.Path == "Acks":
                    acks = token.Number;
                    break;
                case BodyTokenKind.Value when token.Field.Entity == EntityKind.Partition:
                    partition = (int)token.Number;
                    break;
                case BodyTokenKind.Count when token.Number != 1:
                    return token.Number <= 0 ? FrameFate.Stream : FrameFate.Hold;
                case BodyTokenKind.Length when token.Field!.Type == FieldType.Records:
                    if (!(token.Number > most)) return FrameFate.Stream;
                    Dropped = new DroppedBatch(acks, topic.ToArray(), partition, token.Number);
                    return FrameFate.Drop;
                case BodyTokenKind.Length when token.Field.Needs > KafkaOperation.Nothing && token.Number >= 0:
                    if (rest.Length - token.Consumed < token.Number) return null;
                    var name = rest.Slice(token.Consumed, (int)token.Number);
                    if (rules?.Allows(token.Field.Needs, name) == false) return FrameFate.Hold;
                    if (token.Field.Entity == EntityKind.Topic && !mayExceed) return FrameFate.Stream;
                    if (token.Field.Entity == EntityKind.Topic) topic = name;
                    break;
            }

            rest = rest[token.Consumed..];
        }
    }
}

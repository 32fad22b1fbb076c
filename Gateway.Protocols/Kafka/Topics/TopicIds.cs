using System.Collections.Concurrent;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Kafka.Wire;

namespace Gateway.Protocols.Kafka.Topics;

/// <summary>
/// Which topic an id stands for (KIP-516), as brokers told it: for all sessions of a connection on a node. An id is its topic's for ever: a topic that is
/// deleted and made again has another one. So nothing here is ever wrong, and what is forgotten can be asked again. Safe for use from several threads.
/// </summary>
/// <param name="others">Knows more; learns nothing of what is learnt here.</param>
public sealed class TopicIds(TopicIds? others = null)
{
    /// <summary>Ids that are known at once, at least; up to twice as many are held. Origin: more topics than a cluster has; about 150 bytes each.</summary>
    public const int Most = 50_000;

    /// <summary>The longest name of a topic. Kafka's Topic.MAX_NAME_LENGTH.</summary>
    const int LongestName = 249;

    readonly Lock _lock = new();
    ConcurrentDictionary<Guid, byte[]> _recent = [];
    ConcurrentDictionary<Guid, byte[]> _older = [];

    /// <summary>The name of the topic, or null where nobody has told it yet.</summary>
    public byte[]? Find(Guid id)
    {
        if (_recent.TryGetValue(id, out var name)) return name;
        if (!_older.TryGetValue(id, out name)) return others?.Find(id);
        Learn(id, name);
        return name;
    }

    /// <summary>A broker says that the topic of that id has that name. The first one that says so is believed.</summary>
    public void Learn(Guid id, ReadOnlySpan<byte> name)
    {
        if (id == Guid.Empty || name.IsEmpty || name.Length > LongestName || _recent.ContainsKey(id)) return;
        lock (_lock)
        {
            if (_recent.Count >= Most) (_older, _recent) = (_recent, []);
            _recent.TryAdd(id, _older.TryGetValue(id, out var known) ? known : name.ToArray());
        }
    }

    /// <summary>Learns from a whole response, whose body was walked already.</summary>
    internal void LearnFrom(MessageLayout layout, ReadOnlySpan<byte> frame, int headLength)
    {
        if (!layout.PairsTopics) return;
        var walk = new FrameWalk();
        walk.Begin(layout, frame, headLength);
        var (id, nameAt, nameLength) = (Guid.Empty, 0, 0);
        while (walk.TryNext(frame, out var token))
        {
            if (token.Kind == BodyTokenKind.Enter && token.Field!.Struct!.PairsTopics) (id, nameLength) = (Guid.Empty, 0);
            else if (token is { Kind: BodyTokenKind.Value, Field.Entity: EntityKind.TopicId }) id = walk.Uuid;
            else if (token is { Kind: BodyTokenKind.Length, Field: { Entity: EntityKind.Topic, IsArray: false } })
                (nameAt, nameLength) = (walk.At + token.Consumed, (int)Math.Max(0, token.Number));
            else continue;
            if (id == Guid.Empty || nameLength == 0) continue;
            Learn(id, frame.Slice(nameAt, nameLength));
            (id, nameLength) = (Guid.Empty, 0);
        }
    }
}

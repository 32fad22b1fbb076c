using System.Text;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Kafka.Topics;
using Gateway.Protocols.Kafka.Wire;

namespace Gateway.Protocols.Kafka.Rules;

/// <summary>Judges what a broker answers: a client is told of nothing that it may not see, whoever else's session it might be of.</summary>
sealed class ResponseGate(KafkaRules rules, FetchSession session, TopicIds topics)
{
    /// <summary>The longest name of a topic. Kafka's Topic.MAX_NAME_LENGTH.</summary>
    const int LongestTopic = 249;

    readonly ResponseSieve _sieve = new(rules, topics);
    readonly byte[] _name = new byte[LongestTopic];
    int _nameLength;

    /// <summary>Whether such a response has to be held until something can be taken out of it.</summary>
    public static bool Holds(MessageLayout layout) => layout.IsJudged && !BringsRecords(layout.Key);

    /// <summary>Whether responses of that API bring records, which end the session where they may not be consumed.</summary>
    public static bool BringsRecords(short key) => key is ApiKeys.Fetch or ApiKeys.ShareFetch;

    /// <summary>A token of a Fetch's response, held or streaming. False: it is of a topic that may not be consumed, and nothing more of it may go on.</summary>
    /// <param name="token">The token.</param>
    /// <param name="content">The bytes of a content.</param>
    /// <param name="id">The id of the last topic.</param>
    /// <param name="topic">What it is of, where that may not be consumed.</param>
    public bool See(in BodyToken token, ReadOnlySpan<byte> content, Guid id, out string topic)
    {
        topic = "";
        if (token is { Kind: BodyTokenKind.Value, Field: { Entity: EntityKind.TopicId, Needs: > KafkaOperation.Nothing } ofId })
        {
            var name = topics.Find(id);
            if (name is not null && rules.Allows(ofId.Needs, name)) return true;
            topic = name is null ? id.ToString() : Encoding.UTF8.GetString(name);
            return false;
        }

        if (token.Kind == BodyTokenKind.Value && token.Field!.Path == "SessionId") session.Known = token.Number;
        if (token.Field is not { Entity: EntityKind.Topic, Needs: > KafkaOperation.Nothing } field) return true;
        if (token.Kind == BodyTokenKind.Length) _nameLength = 0;
        if (token.Kind == BodyTokenKind.Length && token.Number > LongestTopic) return false;
        if (token.Kind != BodyTokenKind.Content) return true;
        content.CopyTo(_name.AsSpan(_nameLength));
        _nameLength += content.Length;
        // The number is that of the bytes to come.
        if (token.Number > 0 || rules.Allows(field.Needs, _name.AsSpan(0, _nameLength))) return true;
        topic = Encoding.UTF8.GetString(_name, 0, _nameLength);
        return false;
    }

    /// <inheritdoc cref="ResponseSieve.Sift"/>
    public void Sift(MessageLayout layout, ReadOnlySpan<byte> frame, int headLength, BodyEdits edits) => _sieve.Sift(layout, frame, headLength, edits);
}

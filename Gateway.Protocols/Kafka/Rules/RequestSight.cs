using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Kafka.Topics;
using Gateway.Protocols.Kafka.Wire;

namespace Gateway.Protocols.Kafka.Rules;

/// <summary>
/// Takes note of what a client asks for and may have, while its requests are walked. What is only looked at is left out: clients ask what every topic they
/// use is like, and some what all are like.
/// </summary>
/// <param name="seen">Where it is noted.</param>
/// <param name="rules">Null where everything is allowed.</param>
/// <param name="topics">Which topics ids stand for.</param>
sealed class RequestSight(SeenOperations seen, KafkaRules? rules, TopicIds topics)
{
    byte[]? _cut;
    int _cutLength;
    long _resourceType;

    /// <summary>A request begins.</summary>
    public void Begin(KafkaApi api)
    {
        (_cutLength, _resourceType) = (0, 0);
        if (api.Needs == KafkaOperation.Cluster) Note(KafkaOperation.Cluster, api.NameBytes.Span);
    }

    /// <summary>A token of a request, whole or streaming. The bytes are those of a content, the id that of the last topic.</summary>
    public void See(in BodyToken token, ReadOnlySpan<byte> content, Guid id)
    {
        if (token.Field is not { } field) return;
        if (token.Kind == BodyTokenKind.Value && field.Type == FieldType.Signed8 && field.Path.EndsWith(Resources.TypeField, StringComparison.Ordinal))
            _resourceType = token.Number;
        if (token.Kind == BodyTokenKind.Value && field is { Entity: EntityKind.TopicId, Needs: > KafkaOperation.Nothing } && topics.Find(id) is { } known)
            Note(field.Needs, known);
        if (field.Needs <= KafkaOperation.Nothing || token.Kind is not (BodyTokenKind.Length or BodyTokenKind.Content)) return;
        if (token.Kind == BodyTokenKind.Length) _cutLength = 0;
        else if (token.Number > 0) Keep(content);
        else if (_cutLength == 0) Named(field, content);
        else Named(field, Kept(content));
    }

    void Named(FieldLayout field, ReadOnlySpan<byte> name)
    {
        switch (field.Entity)
        {
            case EntityKind.Topic or EntityKind.Group or EntityKind.TransactionalId:
                Note(field.Needs, name);
                break;
            case EntityKind.Resource when Resources.Needs(field.Needs, _resourceType) is var needs and not KafkaOperation.Cluster:
                Note(needs, name);
                break;
            case EntityKind.TopicPattern when name.Length > 0 && rules?.AllowsAll(field.Needs) != false:
                seen.See(field.Needs.Word(), name, isDenied: false);
                break;
        }
    }

    void Note(KafkaOperation needs, ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty || needs is KafkaOperation.Describe or KafkaOperation.DescribeGroup) return;
        var word = needs.Word();
        if (!seen.Knows(word, name) && rules?.Allows(needs, name) != false) seen.See(word, name, isDenied: false);
    }

    // A name that ends in another chunk than it begins in.
    void Keep(ReadOnlySpan<byte> part)
    {
        _cut ??= new byte[SeenOperations.LongestName];
        var length = Math.Min(part.Length, _cut.Length - _cutLength);
        part[..length].CopyTo(_cut.AsSpan(_cutLength));
        _cutLength += length;
    }

    ReadOnlySpan<byte> Kept(ReadOnlySpan<byte> last)
    {
        Keep(last);
        return _cut.AsSpan(0, _cutLength);
    }
}

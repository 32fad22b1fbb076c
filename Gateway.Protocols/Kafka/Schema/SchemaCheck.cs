using Gateway.Protocols.Kafka.Rules;

namespace Gateway.Protocols.Kafka.Schema;

/// <summary>What a schema has to say before its API may be relayed: an API that rules could not judge would be a way around them.</summary>
public static class SchemaCheck
{
    /// <exception cref="FormatException">The schema leaves open what its API needs, or what something that its request names needs.</exception>
    public static void DemandNeeds(MessageSchema schema)
    {
        var request = Flat(schema.Request).ToArray();
        if (request.FirstOrDefault(f => IsJudged(f.Entity) && f.Needs == KafkaOperation.Unstated) is { } open)
            throw new FormatException($"{open.Name} of the request does not say what it needs");
        if (schema.Needs == KafkaOperation.Unstated && !request.Concat(Flat(schema.Response)).Any(f => f.Needs > KafkaOperation.Nothing))
            throw new FormatException("nothing says what the API needs");
    }

    /// <summary>Whether rules speak of what a field of that kind names.</summary>
    public static bool IsJudged(EntityKind entity) => entity is EntityKind.Topic or EntityKind.TopicId or EntityKind.Group or EntityKind.TransactionalId
        or EntityKind.CoordinatorKey or EntityKind.Resource or EntityKind.TopicPattern;

    static IEnumerable<FieldSchema> Flat(IEnumerable<FieldSchema> fields) => fields.SelectMany(f => Flat(f.Fields).Prepend(f));
}

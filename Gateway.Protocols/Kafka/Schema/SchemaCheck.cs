using Gateway.Protocols.Kafka.Rules;

namespace Gateway.Protocols.Kafka.Schema;

/// <summary>What a schema has to say before its API may be relayed: an API that rules could not judge would be a way around them.</summary>
public static class SchemaCheck
{
    /// <exception cref="FormatException">
    /// The schema leaves open what its API needs, or what something that its messages name needs; or names where nothing judges.
    /// </exception>
    public static void DemandNeeds(MessageSchema schema)
    {
        var (request, response) = (Placed(schema.Request).ToArray(), Placed(schema.Response).ToArray());
        Demand(request, "request");
        Demand(response, "response");
        if (response.FirstOrDefault(p => p.Field.Needs > KafkaOperation.Nothing && !p.IsOfElement) is { Field: { } alone })
            throw new FormatException($"{alone.Name} of the response is in no element of a list, which could be left out");
        if (schema.Needs == KafkaOperation.Unstated && !request.Concat(response).Any(p => p.Field.Needs > KafkaOperation.Nothing))
            throw new FormatException("nothing says what the API needs");
    }

    static void Demand(Place[] places, string message)
    {
        foreach (var (field, isTagged, _) in places.Where(p => IsJudged(p.Field.Entity)))
        {
            var name = $"{field.Name} of the {message}";
            if (field.Needs == KafkaOperation.Unstated) throw new FormatException($"{name} does not say what it needs");
            // Requests are judged, and answers to them found, by the fields that are no tagged ones.
            if (isTagged) throw new FormatException($"{name} is in a tagged field, where nothing judges it");
        }
    }

    /// <summary>Whether rules speak of what a field of that kind names.</summary>
    public static bool IsJudged(EntityKind entity) => entity is EntityKind.Topic or EntityKind.TopicId or EntityKind.Group or EntityKind.TransactionalId
        or EntityKind.CoordinatorKey or EntityKind.Resource or EntityKind.TopicPattern;

    static IEnumerable<Place> Placed(IEnumerable<FieldSchema> fields, bool isTagged = false, bool isOfElement = false) => fields
        .Select(f => new Place(f, isTagged || f.Tag is not null, isOfElement || f.IsArray))
        .SelectMany(p => Placed(p.Field.Fields, p.IsTagged, p.Field.IsArray).Prepend(p));

    /// <summary>A field and where it stands: in or below a tagged field; in an element of a list itself, or as one.</summary>
    readonly record struct Place(FieldSchema Field, bool IsTagged, bool IsOfElement);
}

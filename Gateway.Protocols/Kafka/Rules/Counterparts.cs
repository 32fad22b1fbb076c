using Gateway.Protocols.Kafka.Schema;

namespace Gateway.Protocols.Kafka.Rules;

/// <summary>How a list of a request and the list of its response that answers it are found: their elements name the same kind of thing.</summary>
static class Counterparts
{
    /// <summary>The list within that struct whose elements name such things, or null where it has none.</summary>
    public static FieldLayout? Of(StructLayout answer, EntityKind kind) =>
        answer.Fields.FirstOrDefault(f => f is { IsArray: true, Struct: { } element } && Key(element) is { } key && IsSame(key.Entity, kind));

    /// <summary>What an element is known by; null where it names nothing that rules speak of.</summary>
    public static FieldLayout? Key(StructLayout element) => element.Fields.FirstOrDefault(f => !f.IsArray && SchemaCheck.IsJudged(f.Entity));

    public static FieldLayout? Error(StructLayout element) => element.Fields.FirstOrDefault(f => f is { IsArray: false, Entity: EntityKind.Error });

    static bool IsSame(EntityKind one, EntityKind other) => Plain(one) == Plain(other);

    static EntityKind Plain(EntityKind kind) => kind == EntityKind.TopicId ? EntityKind.Topic : kind;
}

using Gateway.Protocols.Kafka.Rules;

namespace Gateway.Protocols.Kafka.Schema;

/// <summary>The request and the response of one API, in all their versions, as a file of <c>Schemas</c> tells them.</summary>
public sealed record MessageSchema(
    short Key, string Name, VersionRange Versions, VersionRange Flexible, IReadOnlyList<FieldSchema> Request, IReadOnlyList<FieldSchema> Response)
{
    /// <summary>What the whole request needs, whatever it names.</summary>
    public KafkaOperation Needs { get; init; }
}

/// <summary>One field of a message, in all the versions that have it.</summary>
public sealed record FieldSchema(string Name, FieldType Type)
{
    public bool IsArray { get; init; }

    public VersionRange Versions { get; init; } = new(0, short.MaxValue);

    public VersionRange Nullable { get; init; } = VersionRange.Never;

    /// <summary>Null: an ordinary field. Else it stands in the tag section of its struct, under that number (KIP-482).</summary>
    public int? Tag { get; init; }

    public EntityKind Entity { get; init; }

    /// <summary>In a request: what has to be allowed on what the field names. In a response: what is left out where that is not allowed.</summary>
    public KafkaOperation Needs { get; init; }

    /// <summary>What a field that is not set holds, as the schema writes it; null: zero, empty or nothing.</summary>
    public string? Default { get; init; }

    /// <summary>The fields of a struct.</summary>
    public List<FieldSchema> Fields { get; } = [];
}

using Gateway.Protocols.Kafka.Rules;

namespace Gateway.Protocols.Kafka.Schema;

/// <summary>A struct as one version of one message has it.</summary>
/// <param name="Fields">In the order of the wire.</param>
/// <param name="Tags">Those of the tag section, by their number.</param>
/// <param name="IsFlexible">Whether a tag section ends it, and lengths in it are compact. KIP-482.</param>
public sealed record StructLayout(FieldLayout[] Fields, FieldLayout[] Tags, bool IsFlexible)
{
    /// <summary>The least bytes such a struct takes: never 0, so that a count of them is bounded by the bytes that are left.</summary>
    public int LeastSize { get; } = Math.Max(1, Fields.Sum(f => f.LeastSize(IsFlexible)) + (IsFlexible ? 1 : 0));

    /// <summary>Whether it tells both the name and the id of a topic.</summary>
    public bool PairsTopics { get; } =
        Fields.Any(f => f is { IsArray: false, Entity: EntityKind.Topic }) && Fields.Any(f => f is { IsArray: false, Entity: EntityKind.TopicId });

    /// <summary>The field of that tag, or null where this version knows none.</summary>
    public FieldLayout? Tagged(uint tag)
    {
        foreach (var field in Tags)
        {
            if (field.Tag == tag) return field;
        }

        return null;
    }
}

/// <summary>A field as one version of one message has it.</summary>
public sealed record FieldLayout(string Path, FieldType Type)
{
    public bool IsArray { get; init; }

    public bool IsNullable { get; init; }

    public int? Tag { get; init; }

    public EntityKind Entity { get; init; }

    /// <inheritdoc cref="FieldSchema.Needs"/>
    public KafkaOperation Needs { get; init; }

    /// <summary>See <see cref="FieldSchema.Default"/>.</summary>
    public string? Default { get; init; }

    /// <summary>Of a struct, or of an array of them.</summary>
    public StructLayout? Struct { get; init; }

    public override string ToString() => Path;

    /// <summary>The last part of the path.</summary>
    public string Name => Path[(Path.LastIndexOf('.') + 1)..];

    /// <summary>The least bytes that one of an array's elements takes, or the field itself where it is none.</summary>
    public int LeastElement(bool isFlexible) => Type switch
    {
        FieldType.Struct => Struct!.LeastSize,
        FieldType.Text => isFlexible ? 1 : 2,
        FieldType.Bytes or FieldType.Records => isFlexible ? 1 : 4,
        var type => type.Size(),
    };

    /// <summary>The least bytes the field takes.</summary>
    public int LeastSize(bool isFlexible)
    {
        if (IsArray) return isFlexible ? 1 : 4;
        return Type == FieldType.Struct && IsNullable ? 1 : LeastElement(isFlexible);
    }
}

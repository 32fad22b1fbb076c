using Gateway.Protocols.Kafka.Rules;

namespace Gateway.Protocols.Kafka.Schema;

/// <summary>One version of one API's request or response, ready to be walked.</summary>
public sealed record MessageLayout(short Key, string Api, short Version, bool IsRequest, StructLayout Body)
{
    public bool IsFlexible => Body.IsFlexible;

    /// <summary>Whether it may tell addresses of brokers.</summary>
    public bool HasAddresses { get; } = Any(Body, field => field.Entity == EntityKind.Host);

    /// <summary>Whether it may name something that rules speak of: what a request needs, or what is left out of a response.</summary>
    public bool IsJudged { get; } = Any(Body, field => field.Needs > KafkaOperation.Nothing);

    /// <summary>Whether it may tell which topic an id stands for.</summary>
    public bool PairsTopics { get; } = Any(Body, field => field.Struct?.PairsTopics == true);

    /// <summary>Whether it names topics by their ids alone.</summary>
    public bool IsById { get; } = Any(Body, field => field is { Entity: EntityKind.TopicId, Needs: > KafkaOperation.Nothing }) && !Any(Body, field => field.Struct?.PairsTopics == true);

    /// <summary>Such as <c>Produce v9 request</c>, for whoever has to look for a fault.</summary>
    public override string ToString() => $"{Api} v{Version} {(IsRequest ? "request" : "response")}";

    internal static MessageLayout Of(MessageSchema schema, short version, bool isRequest)
    {
        var isFlexible = schema.Flexible.Contains(version);
        return new(schema.Key, schema.Name, version, isRequest, Struct(isRequest ? schema.Request : schema.Response, version, isFlexible, ""));
    }

    static bool Any(StructLayout layout, Func<FieldLayout, bool> holds) =>
        layout.Fields.Concat(layout.Tags).Any(f => holds(f) || f.Struct is { } inner && Any(inner, holds));

    static StructLayout Struct(IEnumerable<FieldSchema> fields, short version, bool isFlexible, string path)
    {
        var present = fields.Where(f => f.Versions.Contains(version)).ToArray();
        var tagged = present.Where(f => f.Tag is not null).OrderBy(f => f.Tag).ToArray();
        if (tagged.Length > 0 && !isFlexible) throw new FormatException($"{tagged[0].Name} is tagged in version {version}, which is not flexible");
        return new([.. present.Where(f => f.Tag is null).Select(Field)], [.. tagged.Select(Field)], isFlexible);

        FieldLayout Field(FieldSchema field)
        {
            var own = path.Length == 0 ? field.Name : $"{path}.{field.Name}";
            return new(own, field.Type)
            {
                IsArray = field.IsArray,
                IsNullable = field.Nullable.Contains(version),
                Tag = field.Tag,
                Entity = field.Entity,
                Needs = field.Needs,
                Default = field.Default,
                Struct = field.Type == FieldType.Struct ? Struct(field.Fields, version, isFlexible, own) : null,
            };
        }
    }
}

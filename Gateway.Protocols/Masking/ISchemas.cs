using Gateway.Protocols.Masking.Avro;

namespace Gateway.Protocols.Masking;

/// <summary>What a schema registry told of an id: it is of one of these kinds.</summary>
public sealed class RegisteredSchema
{
    RegisteredSchema(AvroSchema? avro, bool isJson, string? problem) => (Avro, IsJson, Problem) = (avro, isJson, problem);

    public static readonly RegisteredSchema Json = new(null, true, null);

    public AvroSchema? Avro { get; }

    public bool IsJson { get; }

    /// <summary>Why nobody reads payloads of it, to be said of the schema.</summary>
    public string? Problem { get; }

    public static RegisteredSchema Of(AvroSchema avro) => new(avro, false, null);

    public static RegisteredSchema Unreadable(string problem) => new(null, false, problem);
}

/// <summary>The schemas of one connection's registry. Ids are those of Confluent's wire format and mean the same for ever. Safe for use from several threads.</summary>
public interface ISchemas
{
    /// <summary>Null where nobody has told it yet.</summary>
    RegisteredSchema? Find(int id);

    /// <summary>Why it is not known though it was asked for, to be said of the schema.</summary>
    string WhyUnknown(int id);
}

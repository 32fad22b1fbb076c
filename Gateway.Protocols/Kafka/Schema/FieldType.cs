namespace Gateway.Protocols.Kafka.Schema;

/// <summary>The types of Kafka's messages. All numbers are big-endian.</summary>
public enum FieldType : byte
{
    Bool,
    Signed8,
    Signed16,
    Unsigned16,
    Signed32,
    Unsigned32,
    Signed64,
    Floating64,

    /// <summary>16 bytes.</summary>
    Uuid,

    /// <summary>UTF-8 of at most 32,767 bytes.</summary>
    Text,
    Bytes,

    /// <summary>Record batches. On the wire like <see cref="Bytes"/>, and as large as a client likes.</summary>
    Records,
    Struct,
}

static class FieldTypes
{
    /// <summary>The type that Kafka's own definitions call so, or null.</summary>
    public static FieldType? Named(string word) => word switch
    {
        "bool" => FieldType.Bool,
        "int8" => FieldType.Signed8,
        "int16" => FieldType.Signed16,
        "uint16" => FieldType.Unsigned16,
        "int32" => FieldType.Signed32,
        "uint32" => FieldType.Unsigned32,
        "int64" => FieldType.Signed64,
        "float64" => FieldType.Floating64,
        "uuid" => FieldType.Uuid,
        "string" => FieldType.Text,
        "bytes" => FieldType.Bytes,
        "records" => FieldType.Records,
        "struct" => FieldType.Struct,
        _ => null,
    };

    /// <summary>Bytes on the wire; 0 where that varies.</summary>
    public static int Size(this FieldType type) => type switch
    {
        FieldType.Bool or FieldType.Signed8 => 1,
        FieldType.Signed16 or FieldType.Unsigned16 => 2,
        FieldType.Signed32 or FieldType.Unsigned32 => 4,
        FieldType.Signed64 or FieldType.Floating64 => 8,
        FieldType.Uuid => 16,
        _ => 0,
    };
}

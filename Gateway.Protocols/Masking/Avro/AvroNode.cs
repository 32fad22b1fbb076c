using System.Text.Json;

namespace Gateway.Protocols.Masking.Avro;

/// <summary>The types of Avro 1.12, "Schema Declaration".</summary>
enum AvroType : byte
{
    Null,
    Boolean,
    Int,
    Long,
    Float,
    Double,
    Bytes,
    String,
    Fixed,
    Enum,
    Record,
    Array,
    Map,
    Union,
}

/// <summary>Logical types whose values have a form of their own. Those of numbers have none: zero is a date, a time and a moment.</summary>
enum AvroLogical : byte
{
    None,
    Uuid,
    Decimal,
    BigDecimal,
}

/// <summary>A part of a schema. Records may hold themselves.</summary>
sealed class AvroNode(AvroType type)
{
    public static readonly AvroNode Nothing = new(AvroType.Null) { IsEmpty = true };

    public AvroType Type { get; } = type;

    public AvroLogical Logical { get; set; }

    /// <summary>Of a named type: its full name; of others the word for it.</summary>
    public string Name { get; init; } = type.ToString().ToLowerInvariant();

    /// <summary>Bytes of a fixed.</summary>
    public int Size { get; init; }

    /// <summary>Of an enum.</summary>
    public IReadOnlyList<string> Symbols { get; init; } = [];

    /// <summary>Of a record.</summary>
    public AvroField[] Fields { get; set; } = [];

    /// <summary>What an array or map holds, or the branches of a union.</summary>
    public AvroNode[] Inner { get; set; } = [];

    /// <summary>Its values take no byte: nothing, and records of nothing.</summary>
    public bool IsEmpty { get; set; }

    /// <summary>The branch that is null; -1: there is none.</summary>
    public int NullBranch => Type == AvroType.Union ? Array.FindIndex(Inner, branch => branch.Type == AvroType.Null) : -1;

    /// <summary>Bytes or text that say nothing but themselves.</summary>
    public bool IsText => Type is AvroType.String or AvroType.Bytes && Logical == AvroLogical.None;
}

/// <summary>A field of a record.</summary>
/// <param name="Name">As it is written.</param>
/// <param name="Utf8">The same, for paths.</param>
/// <param name="Node">What it holds.</param>
/// <param name="Default">Null where it has none.</param>
sealed record AvroField(string Name, byte[] Utf8, AvroNode Node, JsonElement? Default);

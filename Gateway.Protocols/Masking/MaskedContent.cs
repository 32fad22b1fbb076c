using System.Buffers.Binary;

namespace Gateway.Protocols.Masking;

/// <summary>What a payload looks like before anybody reads it.</summary>
/// <param name="Prefix">Bytes at its start that are never masked: a byte order mark, or what a schema registry's serializers put there.</param>
/// <param name="BeginsAsJson">An object or an array begins.</param>
/// <param name="LooksLikeJson">That, or a string.</param>
readonly record struct MaskedContent(int Prefix, bool BeginsAsJson, bool LooksLikeJson)
{
    /// <summary>A zero byte and the id of a schema: Confluent's wire format.</summary>
    public const int SchemaPrefix = 5;

    /// <summary>The id of the schema that a value begins with; null where it begins with none.</summary>
    public static int? SchemaOf(ReadOnlySpan<byte> value) =>
        value.Length >= SchemaPrefix && value[0] == 0 ? BinaryPrimitives.ReadInt32BigEndian(value[1..]) : null;

    /// <summary>Of a value that is JSON behind that, as its schema says.</summary>
    public static MaskedContent OfJson(ReadOnlySpan<byte> value) => Of(value, SchemaPrefix) with { LooksLikeJson = true };

    public static MaskedContent Of(ReadOnlySpan<byte> value)
    {
        if (value is [0xEF, 0xBB, 0xBF, ..]) return Of(value, 3);
        var isFramed = value.Length > SchemaPrefix && value[0] == 0 && Of(value, SchemaPrefix).LooksLikeJson;
        return Of(value, isFramed ? SchemaPrefix : 0);
    }

    static MaskedContent Of(ReadOnlySpan<byte> value, int prefix)
    {
        var first = value[prefix..].TrimStart(" \t\r\n"u8);
        var begins = first is [(byte)'{' or (byte)'[', ..];
        return new(prefix, begins, begins || first is [(byte)'"', ..]);
    }
}

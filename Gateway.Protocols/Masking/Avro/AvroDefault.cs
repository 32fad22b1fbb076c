using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace Gateway.Protocols.Masking.Avro;

/// <summary>Defaults of fields in the bytes that stand for them. Avro 1.12, "Complex Types": the JSON of each type, bytes as the characters below U+0100.</summary>
sealed class AvroDefault
{
    /// <summary>Bytes of one: it is written in the place of every value that goes.</summary>
    const int Longest = 64 * 1024;

    /// <summary>Parts that are written, or tried: records within records can be many without taking a byte.</summary>
    const int MostParts = 64 * 1024;

    int _parts;

    AvroDefault()
    {
    }

    /// <summary>Null where it is none of that type's, or too long.</summary>
    public static byte[]? Bytes(AvroNode node, JsonElement json)
    {
        var target = new PooledWriter();
        try
        {
            return new AvroDefault().TryWrite(node, json, target, Masker.MostDepth) ? target.Span.ToArray() : null;
        }
        catch (InvalidOperationException)
        {
            // A string with half of a surrogate pair in it, of which there are no bytes.
            return null;
        }
        finally
        {
            target.LetGo();
        }
    }

    bool TryWrite(AvroNode node, JsonElement json, PooledWriter target, int depth)
    {
        if (depth == 0 || target.Length > Longest || ++_parts > MostParts) return false;
        switch (node.Type)
        {
            case AvroType.Null:
                return json.ValueKind == JsonValueKind.Null;
            case AvroType.Boolean:
                if (json.ValueKind is not (JsonValueKind.True or JsonValueKind.False)) return false;
                target.Write([json.GetBoolean() ? (byte)1 : (byte)0]);
                return true;
            case AvroType.Int:
                return json.ValueKind == JsonValueKind.Number && json.TryGetInt32(out var small) && Number(small, target);
            case AvroType.Long:
                return json.ValueKind == JsonValueKind.Number && json.TryGetInt64(out var large) && Number(large, target);
            case AvroType.Float or AvroType.Double:
                return TryFraction(node.Type, json, target);
            case AvroType.String:
                return json.ValueKind == JsonValueKind.String && Text(Encoding.UTF8.GetBytes(json.GetString()!), target);
            case AvroType.Bytes:
                return json.ValueKind == JsonValueKind.String && Raw(json) is { } bytes && Text(bytes, target);
            case AvroType.Fixed:
                if (json.ValueKind != JsonValueKind.String || Raw(json) is not { } whole || whole.Length != node.Size) return false;
                target.Write(whole);
                return true;
            case AvroType.Enum:
                var symbol = json.ValueKind == JsonValueKind.String ? node.Symbols.ToList().IndexOf(json.GetString()!) : -1;
                return symbol >= 0 && Number(symbol, target);
            case AvroType.Union:
                return TryBranch(node, json, target, depth);
            case AvroType.Record:
                return json.ValueKind == JsonValueKind.Object && TryFields(node, json, target, depth);
            default:
                return TryItems(node, json, target, depth);
        }
    }

    /// <summary>The first branch that it fits: since Avro 1.12 it need not be the first of all.</summary>
    bool TryBranch(AvroNode union, JsonElement json, PooledWriter target, int depth)
    {
        var before = target.Length;
        for (var i = 0; i < union.Inner.Length; i++)
        {
            Number(i, target);
            if (TryWrite(union.Inner[i], json, target, depth - 1)) return true;
            target.CutTo(before);
        }

        return false;
    }

    bool TryFields(AvroNode record, JsonElement json, PooledWriter target, int depth)
    {
        foreach (var field in record.Fields)
        {
            var value = json.TryGetProperty(field.Name, out var own) ? own : field.Default;
            if (value is null || !TryWrite(field.Node, value.Value, target, depth - 1)) return false;
        }

        return true;
    }

    bool TryItems(AvroNode node, JsonElement json, PooledWriter target, int depth)
    {
        var isMap = node.Type == AvroType.Map;
        if (json.ValueKind != (isMap ? JsonValueKind.Object : JsonValueKind.Array)) return false;
        var count = isMap ? json.EnumerateObject().Count() : json.GetArrayLength();
        if (count > 0) Number(count, target);
        if (isMap)
        {
            foreach (var entry in json.EnumerateObject())
            {
                if (!Text(Encoding.UTF8.GetBytes(entry.Name), target) || !TryWrite(node.Inner[0], entry.Value, target, depth - 1)) return false;
            }
        }
        else
        {
            foreach (var item in json.EnumerateArray())
            {
                if (!TryWrite(node.Inner[0], item, target, depth - 1)) return false;
            }
        }

        return Number(0, target);
    }

    static bool TryFraction(AvroType type, JsonElement json, PooledWriter target)
    {
        if (json.ValueKind != JsonValueKind.Number || !json.TryGetDouble(out var number)) return false;
        if (type == AvroType.Float)
        {
            BinaryPrimitives.WriteSingleLittleEndian(target.GetSpan(sizeof(float)), (float)number);
            target.Advance(sizeof(float));
            return true;
        }

        BinaryPrimitives.WriteDoubleLittleEndian(target.GetSpan(sizeof(double)), number);
        target.Advance(sizeof(double));
        return true;
    }

    static byte[]? Raw(JsonElement json) => json.GetString()!.All(c => c < 0x100) ? Encoding.Latin1.GetBytes(json.GetString()!) : null;

    static bool Text(byte[] bytes, PooledWriter target)
    {
        if (bytes.Length > Longest) return false;
        Number(bytes.Length, target);
        target.Write(bytes);
        return true;
    }

    static bool Number(long value, PooledWriter target)
    {
        SignedVarint.Write(target, value);
        return true;
    }
}

using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Gateway.Protocols.Masking.Avro;

/// <summary>
/// Reads schemas of Avro 1.12, "Schema Declaration", as far as their bytes depend on them: aliases, orders and documentation say nothing here. What it
/// takes is bounded in every way before it sizes anything.
/// </summary>
sealed class AvroSchemaReader
{
    /// <summary>Parts of a schema and all it refers to. Origin: ten times the largest in use.</summary>
    const int MostNodes = 16 * 1024;

    const int MostNames = 4096;
    const int LongestName = 512;
    const int LargestFixed = 1024 * 1024;

    /// <summary>Levels of JSON. A record within a record takes three of them.</summary>
    const int MostLevels = 192;

    static readonly SearchValues<char> s_letters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    readonly Dictionary<string, AvroNode> _named = new(StringComparer.Ordinal);
    readonly List<AvroNode> _nodes = [];

    /// <summary>Null, with what is wrong, where it is no schema. What it defines is known to those read after it.</summary>
    public AvroNode? TryRead(string text, out string problem)
    {
        problem = "";
        try
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            if (bytes.Length > AvroSchema.LongestText) throw new FaultException($"is longer than {AvroSchema.LongestText} bytes");
            using var json = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = MostLevels });
            return Read(json.RootElement, space: "");
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // The base library reads escaped halves of surrogate pairs, and then has no string for them.
            problem = "is no JSON, or nested too deeply";
        }
        catch (FaultException fault)
        {
            problem = fault.Message;
        }

        return null;
    }

    /// <summary>All was read: finds out whose values take no byte.</summary>
    public void Settle()
    {
        var holders = new Dictionary<AvroNode, List<AvroNode>>();
        var left = new Dictionary<AvroNode, int>();
        var empty = new Queue<AvroNode>();
        foreach (var node in _nodes)
        {
            if (node.Type == AvroType.Record)
            {
                left[node] = node.Fields.Length;
                foreach (var field in node.Fields)
                {
                    if (!holders.TryGetValue(field.Node, out var those)) holders[field.Node] = those = [];
                    those.Add(node);
                }
            }

            if (node.Type == AvroType.Record && node.Fields.Length == 0 || node is { Type: AvroType.Fixed, Size: 0 }) empty.Enqueue(node);
        }

        empty.Enqueue(AvroNode.Nothing);
        while (empty.TryDequeue(out var node))
        {
            if (node != AvroNode.Nothing) node.IsEmpty = true;
            foreach (var holder in holders.GetValueOrDefault(node) ?? [])
            {
                if (--left[holder] == 0) empty.Enqueue(holder);
            }
        }
    }

    AvroNode Read(JsonElement json, string space) => json.ValueKind switch
    {
        JsonValueKind.String => Known(json.GetString()!, space),
        JsonValueKind.Array => Union(json, space),
        JsonValueKind.Object => Declared(json, space),
        _ => throw new FaultException("has a type that is neither a name, an object nor an array"),
    };

    AvroNode Known(string name, string space)
    {
        if (Primitive(name) is { } type) return type == AvroType.Null ? AvroNode.Nothing : Add(new(type));
        if (name.Contains('.', StringComparison.Ordinal)) space = "";
        if (_named.TryGetValue(Full(name, space), out var node) || _named.TryGetValue(name, out node)) return node;
        throw new FaultException(IsName(name) ? $"names the type {name}, which is defined nowhere before" : "names a type by what is no name");
    }

    AvroNode Declared(JsonElement json, string space)
    {
        if (!json.TryGetProperty("type", out var type)) throw new FaultException("has an object without \"type\"");
        if (type.ValueKind != JsonValueKind.String) return Read(type, space);
        switch (type.GetString())
        {
            case "record" or "error":
                return Record(json, space);
            case "enum":
                return Named(new(AvroType.Enum) { Name = NameOf(json, space), Symbols = Symbols(json) });
            case "fixed":
                return Named(new(AvroType.Fixed) { Name = NameOf(json, space), Size = Size(json), Logical = LogicalOf(json, AvroType.Fixed) });
            case "array":
                return Add(new(AvroType.Array) { Inner = [Read(Property(json, "items"), space)] });
            case "map":
                return Add(new(AvroType.Map) { Inner = [Read(Property(json, "values"), space)] });
        }

        var node = Known(type.GetString()!, space);
        if (Primitive(type.GetString()!) is { } primitive && node.Type != AvroType.Null) node.Logical = LogicalOf(json, primitive);
        return node;
    }

    AvroNode Record(JsonElement json, string space)
    {
        var name = NameOf(json, space);
        // It is known before its fields are: they may hold it.
        var node = Named(new(AvroType.Record) { Name = name });
        space = name.LastIndexOf('.') is var dot and >= 0 ? name[..dot] : "";
        var fields = Property(json, "fields");
        if (fields.ValueKind != JsonValueKind.Array) throw new FaultException($"has the record {name}, whose fields are no array");
        var (read, known) = (new List<AvroField>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var field in fields.EnumerateArray())
        {
            if (field.ValueKind != JsonValueKind.Object) throw new FaultException($"has the record {name}, one of whose fields is no object");
            var own = Text(field, "name");
            if (!IsName(own) || !known.Add(own)) throw new FaultException($"has the record {name}, one of whose fields has no name, or another's");
            JsonElement? otherwise = field.TryGetProperty("default", out var value) ? value.Clone() : null;
            read.Add(new(own, Encoding.UTF8.GetBytes(own), Read(Property(field, "type"), space), otherwise));
            // Fields that refer to types bring no parts of their own, and are to be walked all the same.
            if (read.Count > MostNodes) throw new FaultException($"has a record with more than {MostNodes} fields");
        }

        node.Fields = [.. read];
        return node;
    }

    AvroNode Union(JsonElement json, string space)
    {
        var branches = new List<AvroNode>();
        foreach (var branch in json.EnumerateArray())
        {
            branches.Add(Read(branch, space));
            if (branches[^1].Type == AvroType.Union) throw new FaultException("has a union within a union");
            if (branches.Count > MostNodes) throw new FaultException($"has a union of more than {MostNodes} types");
        }

        return Add(new(AvroType.Union) { Inner = [.. branches] });
    }

    AvroNode Named(AvroNode node)
    {
        if (_named.Count == MostNames) throw new FaultException($"defines more than {MostNames} types");
        if (!_named.TryAdd(node.Name, node)) throw new FaultException($"defines the type {node.Name} twice");
        return Add(node);
    }

    AvroNode Add(AvroNode node)
    {
        if (_nodes.Count == MostNodes) throw new FaultException($"has more than {MostNodes} parts");
        _nodes.Add(node);
        return node;
    }

    static AvroType? Primitive(string name) => name switch
    {
        "null" => AvroType.Null,
        "boolean" => AvroType.Boolean,
        "int" => AvroType.Int,
        "long" => AvroType.Long,
        "float" => AvroType.Float,
        "double" => AvroType.Double,
        "bytes" => AvroType.Bytes,
        "string" => AvroType.String,
        _ => null,
    };

    // A logical type that is unknown, or given to a type that cannot have it, is none: so says the specification.
    static AvroLogical LogicalOf(JsonElement json, AvroType type)
    {
        if (!json.TryGetProperty("logicalType", out var word) || word.ValueKind != JsonValueKind.String) return AvroLogical.None;
        return (word.GetString(), type) switch
        {
            ("uuid", AvroType.String or AvroType.Fixed) => AvroLogical.Uuid,
            ("decimal", AvroType.Bytes or AvroType.Fixed) => AvroLogical.Decimal,
            ("big-decimal", AvroType.Bytes) => AvroLogical.BigDecimal,
            _ => AvroLogical.None,
        };
    }

    static string NameOf(JsonElement json, string space)
    {
        var name = Text(json, "name");
        if (name.Contains('.', StringComparison.Ordinal)) space = "";
        else if (json.TryGetProperty("namespace", out var own) && own.ValueKind == JsonValueKind.String) space = own.GetString()!;
        var full = Full(name, space);
        return IsName(full) ? full : throw new FaultException("has a type whose name is none");
    }

    static string Full(string name, string space) => space.Length == 0 ? name : $"{space}.{name}";

    static bool IsName(string name) => name.Length is > 0 and <= LongestName
        && name.Split('.').All(part => part.Length > 0 && !char.IsAsciiDigit(part[0]) && !part.AsSpan().ContainsAnyExcept(s_letters));

    static string[] Symbols(JsonElement json)
    {
        var symbols = Property(json, "symbols");
        if (symbols.ValueKind != JsonValueKind.Array || symbols.GetArrayLength() is 0 or > MostNodes) throw new FaultException("has an enum without symbols, or with too many");
        return [.. symbols.EnumerateArray().Select(s => s.ValueKind == JsonValueKind.String && IsName(s.GetString()!) ? s.GetString()! : throw new FaultException("has an enum one of whose symbols is none"))];
    }

    static int Size(JsonElement json) => Property(json, "size") is { ValueKind: JsonValueKind.Number } size && size.TryGetInt32(out var bytes) && bytes is >= 0 and <= LargestFixed
        ? bytes
        : throw new FaultException($"has a fixed whose size is not 0 to {LargestFixed}");

    static JsonElement Property(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) ? value : throw new FaultException($"has an object without \"{name}\"");

    static string Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
        ? value.GetString()!
        : throw new FaultException($"has an object without \"{name}\"");

    sealed class FaultException(string message) : Exception(message);
}

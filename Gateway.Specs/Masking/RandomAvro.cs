using Avro;
using Avro.Generic;

namespace Gateway.Specs.Masking;

/// <summary>Random schemas and values, and what redacting has to make of them by the word of another interpreter.</summary>
sealed class RandomAvro(Random random)
{
    public const string Text = "HIDDEN";

    static readonly string[] s_names = ["a", "b", "c", "secret", "d"];
    static readonly string[] s_plain = ["null", "boolean", "int", "long", "float", "double", "bytes", "string", "string"];
    static readonly string[] s_texts = ["", "x", "secret", "é", "a longer text than the others are by far"];

    int _named;

    public string SchemaText()
    {
        _named = 0;
        return Record(depth: 0);
    }

    public object? Value(Schema schema, int depth = 0) => schema switch
    {
        UnionSchema union => Value(Branch(union, depth), depth),
        RecordSchema record => Fields(record, (field, _) => Value(field.Schema, depth + 1), null),
        ArraySchema array => Enumerable.Range(0, depth > 8 ? 0 : random.Next(4)).Select(_ => Value(array.ItemSchema, depth + 1)).ToArray(),
        MapSchema map => Keys(depth).ToDictionary(k => k, _ => Value(map.ValueSchema, depth + 1)!),
        EnumSchema symbols => new GenericEnum(symbols, symbols.Symbols[random.Next(symbols.Symbols.Count)]),
        FixedSchema bytes => new GenericFixed(bytes, Bytes(bytes.Size)),
        _ => schema.Tag switch
        {
            Schema.Type.Null => null,
            Schema.Type.Boolean => random.Next(2) == 0,
            Schema.Type.Int => random.Next(int.MinValue, int.MaxValue) >> random.Next(32),
            Schema.Type.Long => random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64),
            Schema.Type.Float => random.NextSingle(),
            Schema.Type.Double => random.NextDouble(),
            Schema.Type.Bytes => Bytes(random.Next(5)),
            _ => s_texts[random.Next(s_texts.Length)],
        },
    };

    /// <summary>The value with every field and entry of the name masked.</summary>
    public static object? Masked(Schema schema, object? value) => schema switch
    {
        UnionSchema union => value is null ? null : Masked(Taken(union, value), value),
        RecordSchema record => Fields(record, (field, own) => field.Name == "secret" ? Hidden(field.Schema, own, mayBeNull: false) : Masked(field.Schema, own), value),
        ArraySchema array => ((object?[])value!).Select(item => Masked(array.ItemSchema, item)).ToArray(),
        MapSchema map => ((IDictionary<string, object>)value!).ToDictionary(
            e => e.Key, e => e.Key == "secret" ? Hidden(map.ValueSchema, e.Value, mayBeNull: false)! : Masked(map.ValueSchema, e.Value)!),
        _ => value,
    };

    static object? Hidden(Schema schema, object? value, bool mayBeNull)
    {
        if (value is null) return null;
        if (schema is UnionSchema union) return Hidden(Taken(union, value), value, union.Schemas.Any(branch => branch.Tag == Schema.Type.Null));
        if (schema.Tag == Schema.Type.String) return Text;
        if (schema.Tag == Schema.Type.Bytes) return System.Text.Encoding.UTF8.GetBytes(Text);
        if (mayBeNull) return null;
        return schema switch
        {
            RecordSchema record => Fields(record, (field, own) => Hidden(field.Schema, own, mayBeNull: false), value),
            ArraySchema => Array.Empty<object?>(),
            MapSchema => new Dictionary<string, object>(),
            EnumSchema symbols => new GenericEnum(symbols, symbols.Symbols[0]),
            FixedSchema bytes => new GenericFixed(bytes, new byte[bytes.Size]),
            _ => schema.Tag switch
            {
                Schema.Type.Boolean => false,
                Schema.Type.Int => 0,
                Schema.Type.Long => 0L,
                Schema.Type.Float => 0f,
                _ => (object)0d,
            },
        };
    }

    static GenericRecord Fields(RecordSchema schema, Func<Field, object?, object?> make, object? from)
    {
        var record = new GenericRecord(schema);
        foreach (var field in schema.Fields) record.Add(field.Pos, make(field, (from as GenericRecord)?.GetValue(field.Pos)));
        return record;
    }

    /// <summary>The branch that a value is of: those of one union here have values that are told apart by their kind.</summary>
    static Schema Taken(UnionSchema union, object value) => union.Schemas.Single(branch => branch switch
    {
        RecordSchema record => value is GenericRecord own && own.Schema.Fullname == record.Fullname,
        ArraySchema => value is object?[],
        MapSchema => value is IDictionary<string, object>,
        EnumSchema symbols => value is GenericEnum own && own.Schema.Fullname == symbols.Fullname,
        FixedSchema bytes => value is GenericFixed own && own.Schema.Fullname == bytes.Fullname,
        _ => branch.Tag switch
        {
            Schema.Type.Boolean => value is bool,
            Schema.Type.Int => value is int,
            Schema.Type.Long => value is long,
            Schema.Type.Float => value is float,
            Schema.Type.Double => value is double,
            Schema.Type.Bytes => value is byte[],
            Schema.Type.String => value is string,
            _ => false,
        },
    });

    Schema Branch(UnionSchema union, int depth) =>
        depth > 6 && union.Schemas.FirstOrDefault(b => b.Tag == Schema.Type.Null) is { } nothing ? nothing : union[random.Next(union.Count)];

    IEnumerable<string> Keys(int depth) => depth > 8 ? [] : s_names.Where(_ => random.Next(3) == 0);

    byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    string Record(int depth)
    {
        var own = $"R{_named++}";
        var fields = s_names.Where(_ => random.Next(3) > 0).Select(name => $$"""{"name":"{{name}}","type":{{Type(depth + 1, own)}}}""");
        return $$"""{"type":"record","name":"{{own}}","fields":[{{string.Join(",", fields)}}]}""";
    }

    string Type(int depth, string inside)
    {
        switch (random.Next(depth > 4 ? 6 : 13))
        {
            case 0:
                return $$"""{"type":"enum","name":"E{{_named++}}","symbols":["X","Y","Z"]}""";
            case 1:
                return $$"""{"type":"fixed","name":"F{{_named++}}","size":{{random.Next(1, 20)}}}""";
            case < 6:
                return $"\"{s_plain[random.Next(s_plain.Length)]}\"";
            case 6:
                return $$"""{"type":"array","items":{{Type(depth + 1, inside)}}}""";
            case 7:
                return $$"""{"type":"map","values":{{Type(depth + 1, inside)}}}""";
            case 8:
                return Record(depth);
            case 9:
                // A record that holds itself.
                return $"[\"null\",\"{inside}\"]";
            case 10:
                return "[\"long\",\"string\",\"null\"]";
            case 11:
                return $"[\"string\",{Record(depth)}]";
            default:
                return $$"""["null",{{(random.Next(2) == 0 ? "\"int\"" : $$"""{"type":"array","items":"string"}""")}}]""";
        }
    }
}

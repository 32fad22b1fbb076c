using System.Collections;
using System.Globalization;
using Avro;
using Avro.Generic;
using Avro.IO;
using Gateway.Protocols;
using Gateway.Protocols.Masking;
using Gateway.Protocols.Masking.Avro;

namespace Gateway.Specs.Masking;

/// <summary>Values in Avro as its own library writes and reads them, in the format of a schema registry, and what rules make of them.</summary>
static class AvroBench
{
    public const int Id = 7;

    public static MaskingRule Rule(MaskingAction action, params string[] paths) => MaskBench.Rule(action, paths) is var rule
        ? rule with { JsonPaths = [], AvroPaths = rule.JsonPaths }
        : throw new InvalidOperationException();

    public static AvroSchema Read(params string[] texts) => AvroSchema.TryRead(texts, out var problem) ?? throw new ArgumentException(problem);

    /// <summary>A masker for values of one schema, whose id is <see cref="Id"/>.</summary>
    public static Masker Begin(string schema, params MaskingRule[] rules) => Begin(new Known { [Id] = RegisteredSchema.Of(Read(schema)) }, rules);

    public static Masker Begin(ISchemas schemas, params MaskingRule[] rules) =>
        MaskBench.Begun(new(MaskBench.Rules(rules), MaskingKey.Of(MaskBench.Secret)) { Schemas = schemas });

    public static (Masked Fate, byte[] Value) Mask(Masker masker, byte[] value)
    {
        var target = new PooledWriter();
        var masked = masker.Value(masker.PlanOf(Direction.ToClient, "t"u8)!, value, target);
        return (masked, masked.Fate == MaskedFate.Changed ? target.Span.ToArray() : value);
    }

    /// <summary>What rules make of a value: null where it is refused.</summary>
    public static object? Mask(string schema, object? value, params MaskingRule[] rules)
    {
        var (masked, bytes) = Mask(Begin(schema, rules), Framed(Encode(schema, value)));
        return masked.Fate == MaskedFate.Refused ? $"refused: {masked.Detail}" : Decode(schema, bytes[5..]);
    }

    public static byte[] Framed(byte[] body) => [0, 0, 0, 0, Id, .. body];

    public static byte[] Encode(string schema, object? value)
    {
        using var stream = new MemoryStream();
        new GenericDatumWriter<object?>(Schema.Parse(schema)).Write(value, new BinaryEncoder(stream));
        return stream.ToArray();
    }

    /// <summary>All of the bytes, and no byte more.</summary>
    public static object? Decode(string schema, byte[] bytes)
    {
        using var stream = new MemoryStream(bytes);
        var parsed = Schema.Parse(schema);
        var value = new GenericDatumReader<object?>(parsed, parsed).Read(null, new BinaryDecoder(stream));
        return stream.Position == stream.Length ? value : throw new InvalidDataException($"{stream.Length - stream.Position} bytes stand behind the value");
    }

    public static GenericRecord Filled(string schema, params (string Name, object? Value)[] fields)
    {
        var record = new GenericRecord((RecordSchema)Schema.Parse(schema));
        foreach (var (name, value) in fields) record.Add(name, value);
        return record;
    }

    /// <summary>A value in one form.</summary>
    public static string Show(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        byte[] bytes => $"x{Convert.ToHexString(bytes)}",
        bool b => b ? "true" : "false",
        GenericFixed f => $"f{Convert.ToHexString(f.Value)}",
        GenericEnum e => e.Value,
        GenericRecord r => $"{{{string.Join(",", r.Schema.Fields.Select(f => $"{f.Name}:{Show(r.GetValue(f.Pos))}"))}}}",
        IDictionary map => $"<{string.Join(",", map.Keys.Cast<string>().Order(StringComparer.Ordinal).Select(k => $"{k}:{Show(map[k])}"))}>",
        IEnumerable items => $"[{string.Join(",", items.Cast<object?>().Select(Show))}]",
        IFormattable number => number.ToString("", CultureInfo.InvariantCulture) is var text && value is float or double ? $"{text}d" : text,
        _ => value.ToString()!,
    };

    public sealed class Known : Dictionary<int, RegisteredSchema>, ISchemas
    {
        public RegisteredSchema? Find(int id) => this.GetValueOrDefault(id);

        public string WhyUnknown(int id) => "is not known";
    }
}

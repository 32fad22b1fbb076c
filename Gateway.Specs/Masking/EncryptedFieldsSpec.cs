using System.Text;
using System.Text.Json;
using Avro;
using Avro.Generic;
using Gateway.Protocols.Masking;
using Xunit;
using static Gateway.Specs.Masking.MaskBench;

namespace Gateway.Specs.Masking;

/// <summary>What was encrypted by a rule, and opened again by whoever has the key.</summary>
public sealed class EncryptedFieldsSpec
{
    static readonly MaskingKey s_key = MaskingKey.Of(Secret)!;
    static readonly MaskingKey s_other = MaskingKey.Of("another key of these specs, long enough as well")!;

    [Theory]
    [InlineData("plain", false)]
    [InlineData("größe \U0001F600", false)]
    [InlineData("", false)]
    [InlineData("he said \"no\"\n\\", true)]
    [InlineData("<größe> & '\u2028", true)]
    public void A_text_is_what_it_was_before(string text, bool inJson)
    {
        var field = Encrypted(text);
        var line = inJson ? $$"""{"a":"{{field}}","b":"{{field}}"}""" : $"a={field}, b={field};";

        var (opened, fields) = Open(line, s_key, inJson);

        Assert.Equal((2, 0), (fields.Opened, fields.Kept));
        if (inJson) Assert.Equal(text, JsonDocument.Parse(opened).RootElement.GetProperty("b").GetString());
        else Assert.Equal($"a={text}, b={text};", opened);
    }

    [Fact]
    public void What_another_key_encrypted_or_somebody_changed_stays_and_is_counted()
    {
        var changed = Encrypted("text").ToCharArray();
        changed[^1] = changed[^1] == 'A' ? 'B' : 'A';
        changed[^5] = changed[^5] == 'A' ? 'B' : 'A';
        var line = $"{Encrypted("text")} {new string(changed)}";

        var (byOther, others) = Open(line, s_other, inJson: false);
        var (opened, fields) = Open(line, s_key, inJson: false);

        Assert.Equal((line, 0L, 2L), (byOther, others.Opened, others.Kept));
        Assert.Equal(($"text {new string(changed)}", 1L, 1L), (opened, fields.Opened, fields.Kept));
    }

    [Theory]
    [InlineData("enc.1.")]
    [InlineData("enc.1.enc.1.")]
    [InlineData("enc.1.0123456")]
    [InlineData("enc.1.01234567")]
    [InlineData("enc.1.01234567.")]
    [InlineData("enc.1.0123456x.AAAA")]
    [InlineData("enc.1.01234567 AAAA")]
    public void What_only_begins_like_a_field_is_none(string text)
    {
        var (opened, fields) = Open($"a {text} b", s_key, inJson: false);

        Assert.Equal(($"a {text} b", 0L, 0L), (opened, fields.Opened, fields.Kept));
    }

    [Fact]
    public void A_token_is_told_as_rules_write_it()
    {
        Assert.Equal($"{{\"owner\":\"{s_key.Token("ada"u8)}\"}}", Mask("""{"owner":"ada"}""", Rule(new(MaskingKind.Token), "$.owner")));
    }

    [Fact]
    public void A_value_in_avro_is_what_it_was_before_wherever_in_it_a_rule_encrypted()
    {
        var before = AvroBench.Framed(AvroBench.Encode(Schema, Value("größe \U0001F600", [0xFF, 0, 1])));
        var masked = AvroBench.Mask(AvroBench.Begin(Schema, AvroBench.Rule(new(MaskingKind.Encrypt), "$..secret", "$.labels")), before).Value;

        var (opened, fault, fields) = Open(masked, Known(Schema), s_key);

        Assert.DoesNotContain("größe", Encoding.UTF8.GetString(masked), StringComparison.Ordinal);
        Assert.Null(fault);
        Assert.Equal(before, opened);
        Assert.Equal((7, 0), (fields.Opened, fields.Kept));
    }

    [Fact]
    public void Where_a_block_says_its_bytes_what_is_opened_is_as_long_as_it_says()
    {
        const string Texts = """{"type":"array","items":"string"}""";
        var field = Encoding.UTF8.GetBytes(Encrypted("a longer text than a length of one byte can say, for which it has to have more than sixty-three of them"));
        byte[] block = [.. Number(field.Length), .. field];

        var (opened, fault, _) = Open([0, 0, 0, 0, AvroBench.Id, .. Number(-1), .. Number(block.Length), .. block, 0], Known(Texts), s_key);

        Assert.Null(fault);
        Assert.Equal(["a longer text than a length of one byte can say, for which it has to have more than sixty-three of them"], (IEnumerable<object>)AvroBench.Decode(Texts, opened[5..])!);
    }

    [Fact]
    public void What_another_key_encrypted_in_avro_stays_and_is_counted()
    {
        var masked = AvroBench.Mask(
            AvroBench.Begin(Schema, AvroBench.Rule(new(MaskingKind.Encrypt), "$.secret")), AvroBench.Framed(AvroBench.Encode(Schema, Value("text", [1])))).Value;

        var (opened, fault, fields) = Open(masked, Known(Schema), s_other);

        Assert.Null(fault);
        Assert.Equal(masked, opened);
        Assert.Equal((0, 1), (fields.Opened, fields.Kept));
    }

    [Fact]
    public void What_is_no_value_of_its_schema_is_not_opened_in_part()
    {
        var value = AvroBench.Framed(AvroBench.Encode(Schema, Value(Encrypted("text"), [1])));

        var (opened, fault, _) = Open(value[..^1], Known(Schema), s_key);

        Assert.Equal([], opened);
        Assert.EndsWith(", which is no value of its schema", fault, StringComparison.Ordinal);
        Assert.Equal("has a schema that is none", Open(value, RegisteredSchema.Unreadable("is none"), s_key).Fault);
    }

    [Fact]
    public void Behind_the_id_of_a_json_schema_what_is_opened_is_escaped()
    {
        byte[] value = [0, 0, 0, 0, AvroBench.Id, .. Encoding.UTF8.GetBytes($$"""{"a":"{{Encrypted("\"")}}"}""")];

        var (opened, _, _) = Open(value, RegisteredSchema.Json, s_key);

        Assert.Equal("""{"a":"\""}""", Encoding.UTF8.GetString(opened[5..]));
    }

    const string Schema = """
        {"type":"record","name":"R","fields":[
          {"name":"number","type":"int"},
          {"name":"secret","type":["null","string"]},
          {"name":"list","type":{"type":"array","items":{"type":"record","name":"I","fields":[{"name":"secret","type":"bytes"},{"name":"plain","type":"string"}]}}},
          {"name":"labels","type":{"type":"map","values":"string"}}]}
        """;

    static RegisteredSchema Known(string schema) => RegisteredSchema.Of(AvroBench.Read(schema));

    static GenericRecord Value(string text, byte[] bytes)
    {
        var item = ((ArraySchema)((RecordSchema)Avro.Schema.Parse(Schema))["list"].Schema).ItemSchema.ToString();
        return AvroBench.Filled(
            Schema, ("number", 7), ("secret", text),
            ("list", new[] { AvroBench.Filled(item, ("secret", bytes), ("plain", "as it is")), AvroBench.Filled(item, ("secret", Array.Empty<byte>()), ("plain", "")) }),
            ("labels", new Dictionary<string, object> { ["key"] = "value", [""] = "" }));
    }

    static byte[] Number(int value)
    {
        using var stream = new MemoryStream();
        new Avro.IO.BinaryEncoder(stream).WriteLong(value);
        return stream.ToArray();
    }

    static (byte[] Opened, string? Fault, EncryptedFields Fields) Open(byte[] value, RegisteredSchema schema, MaskingKey key)
    {
        var fields = new EncryptedFields(key, inJson: false);
        using var target = new MemoryStream();
        var fault = fields.Open(value, schema, target);
        return (target.ToArray(), fault, fields);
    }

    static string Encrypted(string text)
    {
        var masked = Mask(JsonSerializer.Serialize(new { a = text }), Rule(new(MaskingKind.Encrypt), "$.a"));
        return JsonDocument.Parse(masked!).RootElement.GetProperty("a").GetString()!;
    }

    static (string Text, EncryptedFields Fields) Open(string text, MaskingKey key, bool inJson)
    {
        var fields = new EncryptedFields(key, inJson);
        using var target = new MemoryStream();
        fields.Open(Encoding.UTF8.GetBytes(text), target);
        return (Encoding.UTF8.GetString(target.ToArray()), fields);
    }
}

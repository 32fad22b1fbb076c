using System.Text;
using System.Text.Json;
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

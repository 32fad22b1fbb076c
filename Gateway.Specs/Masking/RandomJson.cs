using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Gateway.Specs.Masking;

/// <summary>Random JSON texts, and what masking has to make of them by the word of another reader.</summary>
static class RandomJson
{
    static readonly string[] s_names = ["a", "b", "secret", "s\\u0065cret", "c d", "", "\\u00e9", "secret2"];
    static readonly string[] s_strings = ["", "x", "secret", "\\\"", "\\u0000\\ud83d\\ude00", "é", "</script>", "\\n"];
    static readonly string[] s_spaces = ["", "", "", " ", "\n\t"];

    public static string Write(Random random)
    {
        var text = new StringBuilder();
        Value(random, text, depth: 0);
        return text.ToString();
    }

    /// <summary>A value in one form, whatever its blanks and escapes; with what is selected masked where <paramref name="path"/> is not null.</summary>
    public static string Masked(JsonElement value, bool drops, string? path) => value.ValueKind switch
    {
        JsonValueKind.Object => $"{{{string.Join(",", value.EnumerateObject().Select(m => Member(m, drops, path)).Where(m => m is not null))}}}",
        JsonValueKind.Array => $"[{string.Join(",", value.EnumerateArray().Select(e => Masked(e, drops, path is null ? null : $"{path}[]")))}]",
        JsonValueKind.String => JsonSerializer.Serialize(value.GetString()),
        _ => value.GetRawText(),
    };

    static string? Member(JsonProperty member, bool drops, string? path)
    {
        var name = JsonSerializer.Serialize(member.Name);
        var own = path is null ? null : $"{path}.{member.Name}";
        var isSelected = own is not null && (member.Name == "secret" || own == ".a.b");
        if (!isSelected || member.Value.ValueKind == JsonValueKind.Null && !drops) return $"{name}:{Masked(member.Value, drops, own)}";
        return drops ? null : $"{name}:{JsonSerializer.Serialize("<*>")}";
    }

    static void Value(Random random, StringBuilder text, int depth)
    {
        Space(random, text);
        switch (random.Next(depth > 5 ? 3 : 7))
        {
            case 0:
                text.Append('"').Append(s_strings[random.Next(s_strings.Length)]).Append('"');
                break;
            case 1:
                text.Append(random.Next(3) switch { 0 => "null", 1 => "true", _ => "false" });
                break;
            case 2:
                text.Append((random.NextDouble() * 1e6 - 5e5).ToString(random.Next(2) == 0 ? "F2" : "E3", CultureInfo.InvariantCulture));
                break;
            case 3 or 4:
                List(random, text, '[', ']', () => Value(random, text, depth + 1));
                break;
            default:
                List(random, text, '{', '}', () =>
                {
                    Space(random, text);
                    text.Append('"').Append(s_names[random.Next(s_names.Length)]).Append('"');
                    Space(random, text);
                    text.Append(':');
                    Value(random, text, depth + 1);
                });
                break;
        }

        Space(random, text);
    }

    static void List(Random random, StringBuilder text, char open, char close, Action item)
    {
        text.Append(open);
        for (var count = random.Next(5); count > 0; count--)
        {
            item();
            if (count > 1) text.Append(',');
        }

        Space(random, text);
        text.Append(close);
    }

    static void Space(Random random, StringBuilder text) => text.Append(s_spaces[random.Next(s_spaces.Length)]);
}

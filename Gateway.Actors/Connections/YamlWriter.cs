using System.Globalization;
using System.Text;

namespace Gateway.Actors.Connections;

/// <summary>
/// Writes a document in its canonical form: one line per field, fields in the order in which <see cref="ConnectionFields"/> and its like list them, no comment.
/// Two documents that say the same are so the same text, whatever their layout, and differ in the lines that say something else.
/// </summary>
static class YamlWriter
{
    const int Indent = 2;

    // The fields of a mapping, by the field it is the value of; any other mapping has keys of the operators' own.
    static readonly Dictionary<string, IReadOnlyList<string>> s_fields = new(StringComparer.Ordinal)
    {
        [""] = ConnectionFields.Document,
        ["metadata"] = ConnectionFields.Metadata,
        ["spec"] = [.. ConnectionFields.Spec, .. CertificateFields.Spec, .. PolicyFields.Spec],
        ["listen"] = ConnectionFields.Listen,
        ["brokers"] = ConnectionFields.Brokers,
        ["tls"] = [.. ConnectionFields.UpstreamTls, .. ConnectionFields.Tls],
        ["upstream"] = ConnectionFields.Upstream,
        ["login"] = ConnectionFields.Login,
        ["access"] = ConnectionFields.Access,
        ["accounts"] = ConnectionFields.Account,
        ["rules"] = [.. ConnectionFields.AccessRule, .. ConnectionFields.AnomalyRule],
        ["hours"] = ConnectionFields.AccessHours,
        ["operations"] = ConnectionFields.Operations,
        ["allow"] = ConnectionFields.Operation,
        ["deny"] = ConnectionFields.Operation,
        ["recording"] = ConnectionFields.Recording,
        ["limits"] = ConnectionFields.Limits,
        ["places"] = ConnectionFields.Place,
        ["kafka"] = ConnectionFields.KafkaLimits,
    };

    public static string Canonical(YamlMap document)
    {
        var text = new StringBuilder();
        Map(text, document, 0, "");
        return text.ToString();
    }

    static void Map(StringBuilder text, YamlMap map, int depth, string field)
    {
        var fields = s_fields.GetValueOrDefault(field) ?? [];
        foreach (var (key, value) in map.Entries.OrderBy(e => Place(fields, e.Key.Text)).ThenBy(e => e.Key.Text, StringComparer.Ordinal))
        {
            text.Append(' ', depth * Indent).Append(Flow(key)).Append(':');
            Value(text, value, depth, key.Text);
        }
    }

    static void Value(StringBuilder text, YamlValue value, int depth, string field)
    {
        switch (value)
        {
            case YamlMap { Entries.Count: > 0 } map:
                text.Append('\n');
                Map(text, map, depth + 1, field);
                break;
            case YamlMap:
                text.Append(" {}\n");
                break;
            case YamlSequence { Items.Count: > 0 } list:
                text.Append('\n');
                foreach (var item in list.Items) Item(text, item, depth, field);
                break;
            case YamlSequence:
                text.Append(" []\n");
                break;
            case YamlScalar scalar when IsBlock(scalar):
                Block(text, scalar.Text, depth + 1);
                break;
            case YamlScalar scalar:
                text.Append(' ').Append(Flow(scalar)).Append('\n');
                break;
        }
    }

    // An entry that is a mapping begins on the line of its dash.
    static void Item(StringBuilder text, YamlValue item, int depth, string field)
    {
        text.Append(' ', depth * Indent).Append('-');
        if (item is not YamlMap { Entries.Count: > 0 } map)
        {
            Value(text, item, depth + 1, field);
            return;
        }

        var nested = new StringBuilder();
        Map(nested, map, depth + 1, field);
        text.Append(' ').Append(nested.ToString().AsSpan((depth + 1) * Indent));
    }

    static int Place(IReadOnlyList<string> fields, string key)
    {
        for (var i = 0; i < fields.Count; i++)
        {
            if (fields[i] == key) return i;
        }

        return fields.Count;
    }

    /// <summary>PEM, above all: lines of plain letters, the last one ended.</summary>
    static bool IsBlock(YamlScalar scalar) =>
        scalar.Text.EndsWith('\n') && scalar.Text.Length > 1 && !scalar.Text.EndsWith("\n\n", StringComparison.Ordinal)
        && scalar.Text[0] is not (' ' or '\n') && scalar.Text.All(c => c == '\n' || c is >= ' ' and < (char)127);

    static void Block(StringBuilder text, string lines, int depth)
    {
        text.Append(" |\n");
        foreach (var line in lines[..^1].Split('\n')) text.Append(' ', line.Length > 0 ? depth * Indent : 0).Append(line).Append('\n');
    }

    // What was plain means what it says (8883, true, 10m) and stays so; everything else is text, quoted where it could be taken for something else.
    static string Flow(YamlScalar scalar)
    {
        if (scalar.Plain && IsHarmless(scalar.Text)) return scalar.Text;
        return !scalar.Plain && IsWord(scalar.Text) ? scalar.Text : Quoted(scalar.Text);
    }

    static bool IsHarmless(string text) => text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '/' or '+')
        && text[0] is not '-';

    // A letter first, and none of the words that mean something else.
    static bool IsWord(string text) => text.Length > 0 && char.IsAsciiLetter(text[0]) && IsHarmless(text)
        && text.ToLowerInvariant() is not ("true" or "false" or "null" or "yes" or "no" or "on" or "off" or "y" or "n");

    static string Quoted(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var c in text)
        {
            if (c is '"' or '\\') quoted.Append('\\').Append(c);
            else if (c < ' ' || c is >= (char)127 and < (char)160 || c is (char)0x2028 or (char)0x2029 or (char)0xFEFF)
                quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else quoted.Append(c);
        }

        return quoted.Append('"').ToString();
    }
}

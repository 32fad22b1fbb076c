using System.Buffers;
using System.Text;

namespace Gateway.Protocols.Masking;

/// <summary>One step of a path from a JSON value to those within it.</summary>
/// <param name="Name">The member's name in UTF-8; null: every member and every element.</param>
/// <param name="Descends">At any depth, not only directly within.</param>
public readonly record struct JsonPathStep(byte[]? Name, bool Descends);

/// <summary>
/// Which values of a JSON text are meant, in a part of JSONPath (RFC 9535) that can be decided while the text passes:
/// <c>$.card.number</c>, <c>$["a b"]</c>, <c>$.payments[*].iban</c>, <c>$.*</c>, <c>$..iban</c>, <c>$</c>. Names compare byte for byte after
/// unescaping.
/// </summary>
public sealed class JsonPath
{
    public const int MostSteps = 16;
    public const int LongestText = 512;

    /// <summary>How one is written, for whoever has to correct one.</summary>
    public const string Example = "$.card.number, $.payments[*].iban, $[\"a b\"] or $..iban";

    /// <summary>What only a name in quotes may hold.</summary>
    static readonly SearchValues<char> s_mustQuote = SearchValues.Create(" ]*'\"\\");

    JsonPath(string text, IReadOnlyList<JsonPathStep> steps) => (Text, Steps) = (text, steps);

    public string Text { get; }

    public IReadOnlyList<JsonPathStep> Steps { get; }

    public override string ToString() => Text;

    /// <summary>Reads one; null, with what is wrong, where it is none of these.</summary>
    public static JsonPath? TryParse(string text, out string problem)
    {
        problem = "is no JSON path";
        if (text.Length is 0 or > LongestText || text[0] != '$') return null;
        var steps = new List<JsonPathStep>();
        for (var rest = text.AsSpan(1); !rest.IsEmpty;)
        {
            if (steps.Count == MostSteps)
            {
                problem = $"has more than {MostSteps} steps";
                return null;
            }

            if (!TryStep(ref rest, out var step, ref problem)) return null;
            steps.Add(step);
        }

        return new(text, steps);
    }

    static bool TryStep(ref ReadOnlySpan<char> rest, out JsonPathStep step, ref string problem)
    {
        step = default;
        var descends = rest.StartsWith("..");
        if (descends) rest = rest[2..];
        else if (rest[0] == '.') rest = rest[1..];
        else if (rest[0] != '[') return false;
        if (rest.IsEmpty) return false;
        if (rest[0] == '[') return TryBracket(ref rest, descends, out step, ref problem);
        if (rest[0] == '*')
        {
            step = new(null, descends);
            rest = rest[1..];
            return true;
        }

        var end = rest.IndexOfAny('.', '[');
        var name = end < 0 ? rest : rest[..end];
        rest = rest[name.Length..];
        step = new(Encoding.UTF8.GetBytes(name.ToString()), descends);
        return !name.IsEmpty && !name.ContainsAny(s_mustQuote);
    }

    static bool TryBracket(ref ReadOnlySpan<char> rest, bool descends, out JsonPathStep step, ref string problem)
    {
        step = default;
        if (rest.StartsWith("[*]"))
        {
            step = new(null, descends);
            rest = rest[3..];
            return true;
        }

        if (rest.Length > 1 && (char.IsAsciiDigit(rest[1]) || rest[1] is '-' or ':'))
        {
            problem = "names elements by number, which say nothing about what they hold: write [*]";
            return false;
        }

        if (rest.Length < 2 || rest[1] is not ('"' or '\'')) return false;
        var quote = rest[1];
        var close = rest[2..].IndexOf(quote);
        if (close < 1 || rest[(close + 3)..] is not [']', ..]) return false;
        var name = rest.Slice(2, close);
        step = new(Encoding.UTF8.GetBytes(name.ToString()), descends);
        rest = rest[(close + 4)..];
        return !name.Contains('\\');
    }
}

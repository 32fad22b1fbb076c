using System.Text;
using System.Text.RegularExpressions;
using Gateway.Protocols.Reading;

namespace Gateway.Actors.Replay;

/// <summary>
/// What is searched for in recordings: a regular expression that is matched in time linear to the text (no back-references and no look-around),
/// because its author may be a stranger and the text always is. <c>^</c> and <c>$</c> are the ends of lines.
/// </summary>
public sealed class SearchPattern
{
    /// <summary>Characters of a pattern; a repetition in it may still make it too large, which is refused too.</summary>
    public const int Longest = 1024;

    /// <summary>Bytes before a piece in which a match may begin, where traffic is no operations: pieces are cut anywhere.</summary>
    const int Overlap = 1024;

    // Read by every construction of such an expression; the default is no bound, and (a{1,999}){999} would cost a million steps a character.
    static SearchPattern() => AppContext.SetData("REGEX_NONBACKTRACKING_MAX_AUTOMATA_SIZE", MostStates);

    /// <summary>States of the automaton. Origin: a word takes about one per letter, a bounded repetition as many as it may repeat.</summary>
    const int MostStates = 10_000;

    readonly Regex _regex;
    readonly byte[][] _before = [[], []];

    SearchPattern(Regex regex) => _regex = regex;

    /// <summary>Null with the reason for what is no such pattern.</summary>
    public static (SearchPattern? Pattern, string Fault) Parse(string text, bool ignoreCase)
    {
        if (text.Length is 0 or > Longest) return (null, $"The pattern must have 1 to {Longest} characters.");
        try
        {
            var options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Multiline
                | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None);
            return (new SearchPattern(new Regex(text, options)), "");
        }
        catch (ArgumentException e)
        {
            return (null, $"The pattern is no regular expression: {e.Message}");
        }
        catch (NotSupportedException)
        {
            return (null, "The pattern uses what cannot be matched in linear time, or is too large; leave out look-around, back-references and large repetitions.");
        }
    }

    /// <summary>The same pattern for another session.</summary>
    public SearchPattern Fresh() => new(_regex);

    public bool IsMatch(string text) => _regex.IsMatch(text);

    /// <summary>
    /// In its name, a resource, what else it says, a field as <c>name: value</c>, or its payload. Call it for every operation of a session in order.
    /// </summary>
    public bool IsMatch(DecodedOperation operation)
    {
        if (operation.Name == DecodedOperation.Bytes) return Payload(operation);
        return _regex.IsMatch(operation.Name)
            || operation.Resources.Any(_regex.IsMatch)
            || (operation.Detail.Length > 0 && _regex.IsMatch(operation.Detail))
            || operation.Fields.Any(field => _regex.IsMatch($"{field.Key}: {field.Value}"))
            || (operation.PayloadLength > 0 && _regex.IsMatch(Text(operation.Payload.Span)));
    }

    // A match that ends before this piece was found with the piece before.
    bool Payload(DecodedOperation piece)
    {
        ref var before = ref _before[(int)piece.Direction];
        var text = Text([.. before, .. piece.Payload.Span]);
        var known = before.Length == 0 ? 0 : Text(before).Length;
        before = piece.Payload.Length >= Overlap ? piece.Payload.Span[^Overlap..].ToArray() : Last([.. before, .. piece.Payload.Span]);
        foreach (var match in _regex.EnumerateMatches(text))
        {
            if (match.Index + match.Length > known) return true;
        }

        return false;
    }

    static byte[] Last(byte[] bytes) => bytes.Length <= Overlap ? bytes : bytes[^Overlap..];

    // What is no UTF-8 is taken byte by byte, so that ASCII is found in it.
    static string Text(ReadOnlySpan<byte> bytes) =>
        System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : Encoding.Latin1.GetString(bytes);
}

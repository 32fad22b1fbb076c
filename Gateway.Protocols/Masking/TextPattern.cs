using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace Gateway.Protocols.Masking;

/// <summary>
/// A regular expression of an operator's, run without backtracking: the time for one find grows with the text and never explodes. Of a text that is no
/// UTF-8 each byte counts as one character. It looks at one line after the other, and finds nothing that goes beyond one.
/// </summary>
public sealed class TextPattern
{
    public const int LongestText = 1024;

    /// <summary>
    /// Finds times characters of their lines, in all texts of one message or frame. Finding all can take as many passes over a line as it has finds, with an
    /// expression that looks far ahead before it settles. Origin: about a second; a line of 16 KiB may have 1024 finds.
    /// </summary>
    internal const long MostWork = 16L * 1024 * 1024;

    /// <summary>
    /// Lines with no more finds than this do not count: so few passes over a text are in proportion to it. Origin: records and log lines of a hundred
    /// characters may have a few each, however many a frame brings.
    /// </summary>
    const int FewFinds = 8;

    const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    readonly Regex _regex;

    TextPattern(Regex regex) => _regex = regex;

    public string Text => _regex.ToString();

    public override string ToString() => Text;

    /// <summary>Reads one; null, with what is wrong and what to do, where it cannot be run.</summary>
    public static TextPattern? TryCreate(string text, out string problem, out string remedy)
    {
        (problem, remedy) = ("", "correct it");
        if (text.Length is 0 or > LongestText) problem = $"must be 1 to {LongestText} characters";
        else if (CountsTooFar(text)) (problem, remedy) = ("repeats something more than 999 times", "use + or * instead of such a count");
        if (problem.Length > 0) return null;
        try
        {
            var regex = new Regex(text, Options);
            if (!regex.IsMatch("")) return new(regex);
            (problem, remedy) = ("finds the empty text, which is everywhere", "let it match one character at least");
        }
        catch (NotSupportedException)
        {
            (problem, remedy) = ("cannot be run in linear time", "do without back references, look-arounds and atomic groups");
        }
        catch (RegexParseException fault)
        {
            problem = $"is no regular expression: {fault.Error} at character {fault.Offset + 1}";
        }

        return null;
    }

    /// <summary>Adds what it finds in a text; false where that is more than can be looked for.</summary>
    /// <param name="text">The text.</param>
    /// <param name="matches">Takes what is found.</param>
    /// <param name="work">What is left of <see cref="MostWork"/>.</param>
    internal bool TryFind(ReadOnlySpan<byte> text, MatchList matches, ref long work)
    {
        var isAscii = Ascii.IsValid(text);
        var chars = ArrayPool<char>.Shared.Rent(text.Length);
        try
        {
            if (isAscii || !Utf8.IsValid(text))
            {
                Encoding.Latin1.GetChars(text, chars);
                return TryFind(chars.AsSpan(0, text.Length), isWide: false, matches, ref work);
            }

            var length = Encoding.UTF8.GetChars(text, chars);
            return TryFind(chars.AsSpan(0, length), isWide: true, matches, ref work);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(chars);
        }
    }

    bool TryFind(ReadOnlySpan<char> chars, bool isWide, MatchList matches, ref long work)
    {
        var bytes = 0;
        while (!chars.IsEmpty)
        {
            var end = chars.IndexOf('\n');
            var line = end < 0 ? chars : chars[..end];
            var (at, finds) = (0, 0);
            foreach (var match in _regex.EnumerateMatches(line))
            {
                if (++finds > FewFinds) work -= finds == FewFinds + 1 ? (long)finds * line.Length : line.Length;
                if (work < 0) return false;
                if (match.Length == 0) continue;
                // Expressions see halves of the characters beyond U+FFFF; bytes are masked of whole ones only.
                var first = Math.Max(at, match.Index - (IsWithinPair(line, match.Index) ? 1 : 0));
                var last = match.Index + match.Length;
                if (IsWithinPair(line, last)) last++;
                if (last <= at) continue;
                var start = bytes + Bytes(line[at..first], isWide);
                bytes = start + Bytes(line[first..last], isWide);
                at = last;
                matches.Add(start, bytes);
            }

            chars = chars[(end < 0 ? line.Length : end + 1)..];
            bytes += Bytes(line[at..], isWide) + (end < 0 ? 0 : 1);
        }

        return true;
    }

    static bool IsWithinPair(ReadOnlySpan<char> line, int at) => at > 0 && at < line.Length && char.IsSurrogatePair(line[at - 1], line[at]);

    static int Bytes(ReadOnlySpan<char> chars, bool isWide) => isWide ? Encoding.UTF8.GetByteCount(chars) : chars.Length;

    // Counted repetitions are unfolded: a thousand of a thousand would be a machine of a million parts.
    static bool CountsTooFar(string text)
    {
        var product = 1L;
        for (var at = text.IndexOf('{', StringComparison.Ordinal); at >= 0; at = text.IndexOf('{', at + 1))
        {
            var end = text.IndexOf('}', at);
            if (end < 0) break;
            var counts = text[(at + 1)..end].Split(',');
            if (!counts.All(c => c.Length == 0 || long.TryParse(c, out _))) continue;
            product *= counts.Select(c => c.Length is 0 or > 9 ? (c.Length == 0 ? 1 : int.MaxValue) : Math.Max(1, long.Parse(c, System.Globalization.CultureInfo.InvariantCulture))).Max();
            if (product > 999) return true;
        }

        return false;
    }
}

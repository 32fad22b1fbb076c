using System.Globalization;
using System.Text;

namespace Gateway.Cli;

/// <summary>Makes what a peer chose (a subject, payload) safe to show: control characters would steer the reader's terminal.</summary>
public static class Printable
{
    /// <summary>The text with control, format and line separator characters as <c>\u001b</c>, and backslashes doubled.</summary>
    public static string Text(string text)
    {
        var shown = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            if (letter == '\\') shown.Append("\\\\");
            else if (IsPlain(letter)) shown.Append(letter);
            else shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}");
        }

        return shown.ToString();
    }

    /// <summary>Bytes as ASCII, every other one as a dot; at most <paramref name="most"/> of them.</summary>
    public static string Preview(ReadOnlySpan<byte> bytes, int most)
    {
        var shown = new StringBuilder(most);
        foreach (var b in bytes[..Math.Min(most, bytes.Length)])
            shown.Append(b is >= 0x20 and < 0x7f ? (char)b : '.');
        return shown.ToString();
    }

    static bool IsPlain(char letter) => char.GetUnicodeCategory(letter) is not (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned);
}

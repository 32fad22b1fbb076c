using System.Text;

namespace Gateway.Actors.Record;

/// <summary>
/// Texts as the session index keeps them. The exact ones lie in the recording; here a peer's choice of letters must fail no statement
/// that also carries other sessions' rows.
/// </summary>
static class IndexText
{
    /// <summary>UTF-16 units kept. Origin: PostgreSQL refuses index entries above 2,704 bytes, and a unit takes up to 3.</summary>
    public const int Most = 512;

    /// <summary>Cut to <see cref="Most"/>; U+FFFD where PostgreSQL could store nothing: NUL and halves of surrogate pairs.</summary>
    public static string Of(string text)
    {
        if (text.Length <= Most && !text.Contains('\0') && !text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
            return text;
        var kept = new StringBuilder(Most);
        foreach (var rune in text.EnumerateRunes())
        {
            if (kept.Length + rune.Utf16SequenceLength > Most)
                break;
            kept.Append(rune.Value == 0 ? "\uFFFD" : rune.ToString());
        }
        return kept.ToString();
    }
}

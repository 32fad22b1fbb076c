namespace Gateway.Protocols.Masking.Detect;

/// <summary>
/// Payment card numbers: 13 to 19 digits that begin with 2 to 6 and end in the right check digit (ISO/IEC 7812-1, Luhn), in groups with single
/// blanks or dashes between them or in one. Groups before and after may be something else. Digits of a decimal fraction are none.
/// </summary>
static class CardNumbers
{
    const int Least = 13;
    const int Most = 19;

    public static void Find(ReadOnlySpan<byte> text, MatchList matches)
    {
        for (var at = 0; at < text.Length;)
        {
            var next = text[at..].IndexOfAnyInRange((byte)'0', (byte)'9');
            if (next < 0) return;
            at += next;
            if (text[at] is >= (byte)'2' and <= (byte)'6' && !IsFraction(text, at) && LongestFrom(text, at) is var end and > 0) matches.Add(at, end);
            var group = text[at..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            at = group < 0 ? text.Length : at + group;
        }
    }

    /// <summary>Where the longest card number ends that begins with this group of digits; 0: none does.</summary>
    static int LongestFrom(ReadOnlySpan<byte> text, int start)
    {
        var (count, end) = (0, 0);
        // From the right every second digit counts twice: which those are is known at the end.
        var (odd, even) = (0, 0);
        for (var at = start; at < text.Length; at++)
        {
            if (!Bytes.IsDigit(text[at]))
            {
                if (IsCard() && !(text[at] == '.' && Bytes.At(text, at + 1, Bytes.IsDigit))) end = at;
                if (text[at] is not ((byte)' ' or (byte)'-') || !Bytes.At(text, at + 1, Bytes.IsDigit)) return end;
                continue;
            }

            if (count == Most) return end;
            var digit = text[at] - '0';
            var twice = digit > 4 ? 2 * digit - 9 : 2 * digit;
            (odd, even) = count++ % 2 == 0 ? (odd + digit, even + twice) : (odd + twice, even + digit);
        }

        return IsCard() ? text.Length : end;

        bool IsCard() => count >= Least && (count % 2 == 0 ? even : odd) % 10 == 0;
    }

    static bool IsFraction(ReadOnlySpan<byte> text, int at) => at > 1 && text[at - 1] == '.' && Bytes.IsDigit(text[at - 2]);
}

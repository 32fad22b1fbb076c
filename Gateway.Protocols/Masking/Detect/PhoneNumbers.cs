namespace Gateway.Protocols.Masking.Detect;

/// <summary>
/// International telephone numbers: <c>+</c>, and 8 to 15 digits (ITU-T E.164) with at most two blanks, dots, dashes, slashes or brackets between any
/// two of them.
/// </summary>
static class PhoneNumbers
{
    const int Least = 8;
    const int Most = 15;

    public static void Find(ReadOnlySpan<byte> text, MatchList matches)
    {
        for (var at = text.IndexOf((byte)'+'); at >= 0;)
        {
            if (!Bytes.Before(text, at, Bytes.IsWord) && EndOf(text, at + 1) is var end and > 0) matches.Add(at, end);
            var next = text[(at + 1)..].IndexOf((byte)'+');
            at = next < 0 ? -1 : at + 1 + next;
        }
    }

    static int EndOf(ReadOnlySpan<byte> text, int at)
    {
        var (count, between, end) = (0, 0, 0);
        for (; at < text.Length; at++)
        {
            if (Bytes.IsDigit(text[at]))
            {
                if (++count > Most || count == 1 && text[at] == '0') return 0;
                (between, end) = (0, at + 1);
            }
            else if (++between > 2 || !" .-/()"u8.Contains(text[at]))
            {
                break;
            }
        }

        return count >= Least ? end : 0;
    }
}

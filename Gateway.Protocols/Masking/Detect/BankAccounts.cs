namespace Gateway.Protocols.Masking.Detect;

/// <summary>
/// International bank account numbers: a country, as many letters and digits as that country's have, and a remainder of 1 modulo 97 (ISO 13616,
/// ISO 7064). In one, or in groups with single blanks or dashes between them; in either case of letters.
/// </summary>
static class BankAccounts
{
    const int Longest = 34;

    // Country and length, from SWIFT's registry of IBAN formats.
    static readonly Dictionary<(char, char), int> s_lengths =
        ("AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 "
            + "GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 "
            + "MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 "
            + "TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30")
        .Split(' ').ToDictionary(entry => (entry[0], entry[1]), entry => int.Parse(entry.AsSpan(2), System.Globalization.CultureInfo.InvariantCulture));

    public static void Find(ReadOnlySpan<byte> text, MatchList matches)
    {
        for (var at = 0; at < text.Length; at++)
        {
            var next = text[at..].IndexOfAnyInRange((byte)'0', (byte)'9');
            if (next < 0) return;
            at += next;
            var start = at - 2;
            if (start < 0 || !Bytes.IsLetter(text[start]) || !Bytes.IsLetter(text[start + 1]) || Bytes.Before(text, start, Bytes.IsWord)) continue;
            if (EndOf(text, start) is var end and > 0) matches.Add(start, end);
        }
    }

    static int EndOf(ReadOnlySpan<byte> text, int start)
    {
        if (!s_lengths.TryGetValue((Upper(text[start]), Upper(text[start + 1])), out var length)) return 0;
        Span<char> number = stackalloc char[Longest];
        var count = 0;
        for (var at = start; at < text.Length && count < length; at++)
        {
            if (Bytes.IsWord(text[at])) number[count++] = Upper(text[at]);
            else if (text[at] is not ((byte)' ' or (byte)'-') || !Bytes.At(text, at + 1, Bytes.IsWord)) return 0;
            if (count == length) return IsChecked(number[..count]) && !Bytes.At(text, at + 1, Bytes.IsWord) ? at + 1 : 0;
        }

        return 0;
    }

    static bool IsChecked(ReadOnlySpan<char> number)
    {
        if (!char.IsAsciiDigit(number[2]) || !char.IsAsciiDigit(number[3])) return false;
        var rest = 0;
        for (var i = 0; i < number.Length; i++)
        {
            var character = number[(i + 4) % number.Length];
            rest = char.IsAsciiDigit(character) ? (rest * 10 + (character - '0')) % 97 : (rest * 100 + (character - 'A' + 10)) % 97;
        }

        return rest == 1;
    }

    static char Upper(byte letter) => char.ToUpperInvariant((char)letter);
}

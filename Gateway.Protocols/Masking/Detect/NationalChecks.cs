namespace Gateway.Protocols.Masking.Detect;

/// <summary>Whether letters, in upper case, and digits that have the shape of a country's are one of its numbers.</summary>
static class NationalChecks
{
    const string ItalianMonths = "ABCDEHLMPRST";
    const string ItalianDigits = "0123456789LMNPQRSTUV";

    /// <summary>What the characters at odd places count, from 0 to 9 and A to Z. Decree of 12 March 1974, table A.</summary>
    static readonly int[] s_italianOdd =
    [
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21,
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
    ];

    /// <summary>Rijksregisternummer: the day of birth, a number, and 97 less the remainder; of those born since 2000 a 2 stands before.</summary>
    public static bool Belgium(ReadOnlySpan<char> id)
    {
        var check = CheckDigits.Number(id[9..]);
        var number = CheckDigits.Number(id[..9]);
        return IsDay(id[..6]) && (97 - number % 97 == check || 97 - (2_000_000_000 + number) % 97 == check);
    }

    /// <summary>CPF: two check digits, each of all before it; eleven of the same digit are none.</summary>
    public static bool Brazil(ReadOnlySpan<char> id) =>
        id.ContainsAnyExcept(id[0])
        && CheckDigits.Weighted(id[..9], [10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10 % 11 % 10 == id[9] - '0'
        && CheckDigits.Weighted(id[..10], [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10 % 11 % 10 == id[10] - '0';

    /// <summary>Resident identity number, GB 11643: a place, the day of birth, a number, and a check by ISO 7064 MOD 11-2.</summary>
    public static bool China(ReadOnlySpan<char> id) =>
        IsDay(id[8..14])
        && "10X98765432"[CheckDigits.Weighted(id[..17], [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11] == id[17];

    /// <summary>Henkilötunnus: the day of birth, a sign of the century, a number, and its remainder of 31 as a letter or digit.</summary>
    public static bool Finland(ReadOnlySpan<char> id)
    {
        // The sign is among the letters since there are more of them than + and -.
        var number = id.Length == 11 ? id[7..10] : id[6..9];
        var isSigned = id.Length == 10 || "ABCDEFUVWXY".Contains(id[6], StringComparison.Ordinal);
        return isSigned && IsDayFirst(id[..6])
            && "0123456789ABCDEFHJKLMNPRSTUVWXY"[(int)((CheckDigits.Number(id[..6]) * 1000 + CheckDigits.Number(number)) % 31)] == id[^1];
    }

    /// <summary>
    /// Numéro d'inscription au répertoire: sex, year and month of birth, a place, a number, and 97 less the remainder. Corsica is 2A and 2B.
    /// </summary>
    public static bool France(ReadOnlySpan<char> id)
    {
        if (id[0] is not ('1' or '2' or '3' or '4' or '7' or '8')) return false;
        var month = CheckDigits.Number(id[3..5]);
        // From 20 on the month is not known.
        if (month is not (>= 1 and <= 12 or >= 20)) return false;
        Span<char> digits = stackalloc char[15];
        id.CopyTo(digits);
        if (!char.IsAsciiDigit(id[6]))
        {
            if (id[5] != '2' || id[6] is not ('A' or 'B')) return false;
            (digits[5], digits[6]) = ('1', id[6] == 'A' ? '9' : '8');
        }

        return 97 - CheckDigits.Number(digits[..13]) % 97 == CheckDigits.Number(digits[13..]);
    }

    /// <summary>
    /// Identifikationsnummer, § 139b AO: among the first ten digits one stands twice or three times, and all others once at most; ISO 7064 MOD 11,10.
    /// </summary>
    public static bool Germany(ReadOnlySpan<char> id)
    {
        if (id[0] == '0') return false;
        Span<int> counts = stackalloc int[10];
        foreach (var digit in id[..10]) counts[digit - '0']++;
        var repeated = counts.Length - counts.Count(0) - counts.Count(1);
        return repeated == 1 && counts.ContainsAny(2, 3) && CheckDigits.IsMod11And10(id);
    }

    /// <summary>National insurance number: letters that are given out, six digits, and a letter from A to D.</summary>
    public static bool GreatBritain(ReadOnlySpan<char> id)
    {
        const string NeverFirst = "DFIQUV", NeverSecond = "DFIOQUV";
        return !NeverFirst.Contains(id[0], StringComparison.Ordinal) && !NeverSecond.Contains(id[1], StringComparison.Ordinal)
            && id[..2] is not ("BG" or "GB" or "KN" or "NK" or "NT" or "TN" or "ZZ") && id[^1] is >= 'A' and <= 'D';
    }

    /// <summary>Aadhaar: twelve digits that begin with 2 to 9, the last by Verhoeff's scheme.</summary>
    public static bool India(ReadOnlySpan<char> id) => id[0] >= '2' && CheckDigits.IsVerhoeff(id);

    /// <summary>
    /// Codice fiscale: letters of the name, day of birth, place, and a letter that checks them. Digits may be letters where two people had one.
    /// </summary>
    public static bool Italy(ReadOnlySpan<char> id)
    {
        // Year, day and place: 16 letters without a digit are a word sooner than a code.
        foreach (var place in (ReadOnlySpan<int>)[6, 7, 9, 10, 12, 13, 14])
            if (!ItalianDigits.Contains(id[place], StringComparison.Ordinal)) return false;
        if (!ItalianMonths.Contains(id[8], StringComparison.Ordinal) || !char.IsAsciiLetter(id[11]) || !id.ContainsAnyInRange('0', '9')) return false;
        var sum = 0;
        for (var i = 0; i < 15; i++)
        {
            var value = char.IsAsciiDigit(id[i]) ? id[i] - '0' : id[i] - 'A';
            sum += i % 2 == 1 ? value : s_italianOdd[char.IsAsciiDigit(id[i]) ? value : value + 10];
        }

        return (char)('A' + sum % 26) == id[15];
    }

    /// <summary>Fødselsnummer: the day of birth, a number, and two check digits modulo 11.</summary>
    public static bool Norway(ReadOnlySpan<char> id)
    {
        // Of those without a permanent one the day is 40 more, in synthetic ones the month 40 or 80.
        var (day, month) = (CheckDigits.Number(id[..2]) % 40, CheckDigits.Number(id[2..4]) % 40);
        return IsDay(day, month)
            && (11 - CheckDigits.Weighted(id[..9], [3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11) % 11 == id[9] - '0'
            && (11 - CheckDigits.Weighted(id[..10], [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11 == id[10] - '0';
    }

    /// <summary>PESEL: the day of birth, with the century in the month, a number, and a check digit.</summary>
    public static bool Poland(ReadOnlySpan<char> id) =>
        IsDay(CheckDigits.Number(id[4..6]), CheckDigits.Number(id[2..4]) % 20)
        && (10 - CheckDigits.Weighted(id[..10], [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10) % 10 == id[10] - '0';

    /// <summary>DNI, and NIE that begin with X, Y or Z for 0, 1 or 2: the remainder of 23 as a letter.</summary>
    public static bool Spain(ReadOnlySpan<char> id)
    {
        var isForeign = char.IsAsciiLetter(id[0]);
        if (isForeign && id[0] is not ('X' or 'Y' or 'Z')) return false;
        var number = CheckDigits.Number(id[1..8]) + 10_000_000L * (isForeign ? id[0] - 'X' : id[0] - '0');
        return "TRWAGMYFPDXBNJZSQVHLCKE"[(int)(number % 23)] == id[8];
    }

    /// <summary>Personnummer: the day of birth, a number, and a check digit by Luhn over the last ten. Of coordination numbers the day is 60 more.</summary>
    public static bool Sweden(ReadOnlySpan<char> id)
    {
        var last = id[^10..];
        var day = CheckDigits.Number(last[4..6]);
        return IsDay(day > 60 ? day - 60 : day, CheckDigits.Number(last[2..4])) && CheckDigits.IsLuhn(last);
    }

    /// <summary>AHV number: 756, and a check digit as on goods (EAN-13).</summary>
    public static bool Switzerland(ReadOnlySpan<char> id) =>
        (10 - CheckDigits.Weighted(id[..12], [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]) % 10) % 10 == id[12] - '0';

    /// <summary>Social security number: no part of it is all zeros, and it begins neither with 666 nor with 9.</summary>
    public static bool UnitedStates(ReadOnlySpan<char> id) =>
        id[..3] is not ("000" or "666") && id[0] != '9' && id[3..5] is not "00" && id[5..] is not "0000";

    static bool IsDay(ReadOnlySpan<char> yearMonthDay) => IsDay(CheckDigits.Number(yearMonthDay[4..6]), CheckDigits.Number(yearMonthDay[2..4]));

    static bool IsDayFirst(ReadOnlySpan<char> dayMonthYear) => IsDay(CheckDigits.Number(dayMonthYear[..2]), CheckDigits.Number(dayMonthYear[2..4]));

    static bool IsDay(long day, long month) => day is >= 1 and <= 31 && month is >= 1 and <= 12;
}

namespace Gateway.Protocols.Masking.Detect;

/// <summary>Schemes of check digits. Digits are ASCII's; nothing here allocates.</summary>
static class CheckDigits
{
    /// <summary>The dihedral group of the pentagon, which Verhoeff's scheme multiplies in: rows by the one, columns by the other factor.</summary>
    static readonly byte[] s_product =
    [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
        1, 2, 3, 4, 0, 6, 7, 8, 9, 5,
        2, 3, 4, 0, 1, 7, 8, 9, 5, 6,
        3, 4, 0, 1, 2, 8, 9, 5, 6, 7,
        4, 0, 1, 2, 3, 9, 5, 6, 7, 8,
        5, 9, 8, 7, 6, 0, 4, 3, 2, 1,
        6, 5, 9, 8, 7, 1, 0, 4, 3, 2,
        7, 6, 5, 9, 8, 2, 1, 0, 4, 3,
        8, 7, 6, 5, 9, 3, 2, 1, 0, 4,
        9, 8, 7, 6, 5, 4, 3, 2, 1, 0,
    ];

    /// <summary>And what it makes of each digit before, from place to place.</summary>
    static readonly byte[] s_permuted = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];

    /// <summary>Of at most 18 digits.</summary>
    public static long Number(ReadOnlySpan<char> digits)
    {
        var number = 0L;
        foreach (var digit in digits) number = number * 10 + (digit - '0');
        return number;
    }

    public static int Weighted(ReadOnlySpan<char> digits, ReadOnlySpan<byte> weights)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++) sum += (digits[i] - '0') * weights[i];
        return sum;
    }

    /// <summary>ISO/IEC 7812-1 annex B: from the right every second digit counts twice, by the sum of its digits.</summary>
    public static bool IsLuhn(ReadOnlySpan<char> digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[^(i + 1)] - '0';
            sum += i % 2 == 0 ? digit : digit > 4 ? 2 * digit - 9 : 2 * digit;
        }

        return sum % 10 == 0;
    }

    /// <summary>ISO 7064 MOD 11,10.</summary>
    public static bool IsMod11And10(ReadOnlySpan<char> digits)
    {
        var product = 10;
        foreach (var digit in digits[..^1])
        {
            var sum = (product + (digit - '0')) % 10;
            product = (sum == 0 ? 10 : sum) * 2 % 11;
        }

        return (11 - product) % 10 == digits[^1] - '0';
    }

    /// <summary>J. Verhoeff, Error detecting decimal codes, 1969.</summary>
    public static bool IsVerhoeff(ReadOnlySpan<char> digits)
    {
        var check = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[^(i + 1)] - '0';
            for (var turn = i % 8; turn > 0; turn--) digit = s_permuted[digit];
            check = s_product[check * 10 + digit];
        }

        return check == 0;
    }
}

namespace Gateway.Protocols.Masking.Detect;

/// <summary>
/// Numbers by which states know their people, each in the form that its country gives it, with a right check digit where it has one, and a day of birth that
/// there is. Forms that any number has, such as nine digits and no more, are left out.
/// </summary>
static class NationalIds
{
    /// <summary>Letters and digits of the longest.</summary>
    const int Longest = 20;

    /// <param name="Shape">
    /// What stands at each place: <c>9</c> a digit, <c>A</c> a letter, <c>*</c> either, <c>~</c> a single blank, dash, dot or slash, or nothing; any other
    /// character itself.
    /// </param>
    /// <param name="IsOne">Judges letters, in upper case, and digits, without what parts them.</param>
    readonly record struct Form(string Shape, Func<ReadOnlySpan<char>, bool> IsOne);

    static readonly Form[] s_forms =
    [
        new("99~99~99~999~99", NationalChecks.Belgium),
        new("999~999~999~99", NationalChecks.Brazil),
        new("999999~99999999~999*", NationalChecks.China),
        new("999999+999*", NationalChecks.Finland),
        new("999999-999*", NationalChecks.Finland),
        new("999999A999*", NationalChecks.Finland),
        new("9~99~99~9*~999~999~99", NationalChecks.France),
        new("99~999~999~999", NationalChecks.Germany),
        new("AA~99~99~99~A", NationalChecks.GreatBritain),
        new("9999 9999 9999", NationalChecks.India),
        new("9999-9999-9999", NationalChecks.India),
        new("AAA~AAA~99*9*~*999*", NationalChecks.Italy),
        new("AAA~AAA~**A**~****A", NationalChecks.Italy),
        new("999999~99999", NationalChecks.Norway),
        new("99999999999", NationalChecks.Poland),
        new("99999999~A", NationalChecks.Spain),
        new("A~9999999~A", NationalChecks.Spain),
        new("999999-9999", NationalChecks.Sweden),
        new("999999+9999", NationalChecks.Sweden),
        new("99999999-9999", NationalChecks.Sweden),
        new("756~9999~9999~99", NationalChecks.Switzerland),
        new("999-99-9999", NationalChecks.UnitedStates),
    ];

    public static void Find(ReadOnlySpan<byte> text, MatchList matches)
    {
        for (var at = 0; at < text.Length;)
        {
            if (!Bytes.IsWord(text[at]))
            {
                at++;
                continue;
            }

            var end = IsFraction(text, at) ? 0 : LongestFrom(text, at);
            if (end > 0) matches.Add(at, end);
            at = end > 0 ? end : at + Bytes.Run(text, at, int.MaxValue, Bytes.IsWord);
        }
    }

    static int LongestFrom(ReadOnlySpan<byte> text, int start)
    {
        Span<char> id = stackalloc char[Longest];
        var longest = 0;
        foreach (var form in s_forms)
        {
            if (EndOf(text, start, form.Shape, id, out var length) is var end && end > longest && form.IsOne(id[..length])) longest = end;
        }

        return longest;
    }

    /// <summary>Where what has this shape ends; 0: it has another.</summary>
    static int EndOf(ReadOnlySpan<byte> text, int start, string shape, Span<char> id, out int length)
    {
        (length, var at) = (0, start);
        foreach (var place in shape)
        {
            if (place == '~')
            {
                if (Bytes.At(text, at, static b => b is (byte)' ' or (byte)'-' or (byte)'.' or (byte)'/')) at++;
                continue;
            }

            if (at >= text.Length || !Fits(place, text[at])) return 0;
            if (Bytes.IsWord(text[at])) id[length++] = char.ToUpperInvariant((char)text[at]);
            at++;
        }

        return Bytes.At(text, at, Bytes.IsWord) || IsFraction(text, at + 1) ? 0 : at;
    }

    static bool Fits(char place, byte b) => place switch
    {
        '9' => Bytes.IsDigit(b),
        'A' => Bytes.IsLetter(b),
        '*' => Bytes.IsWord(b),
        _ => place == b,
    };

    /// <summary>Whether digits of a decimal fraction begin there.</summary>
    static bool IsFraction(ReadOnlySpan<byte> text, int at) =>
        at > 1 && at < text.Length && text[at - 1] == '.' && Bytes.IsDigit(text[at - 2]) && Bytes.IsDigit(text[at]);
}

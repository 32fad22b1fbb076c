namespace Gateway.Protocols.Masking.Detect;

/// <summary>What a byte of a UTF-8 text is.</summary>
static class Bytes
{
    const int LongestCharacter = 4;

    public static bool IsDigit(byte b) => char.IsAsciiDigit((char)b);

    public static bool IsLetter(byte b) => char.IsAsciiLetter((char)b);

    public static bool IsWord(byte b) => char.IsAsciiLetterOrDigit((char)b);

    public static bool IsBase64Url(byte b) => IsWord(b) || b is (byte)'-' or (byte)'_';

    /// <summary>Where the character begins that the byte at <paramref name="at"/> is of. In what is no UTF-8, at most as far before as one is long.</summary>
    public static int CharacterAt(ReadOnlySpan<byte> text, int at)
    {
        for (var left = LongestCharacter - 1; left > 0 && at > 0 && at < text.Length && IsContinuation(text[at]); left--) at--;
        return at;
    }

    /// <summary>Whether a character began before.</summary>
    public static bool IsContinuation(byte b) => (b & 0xC0) == 0x80;

    /// <summary>Whether the byte before <paramref name="at"/> is of that kind; false at the start.</summary>
    public static bool Before(ReadOnlySpan<byte> text, int at, Func<byte, bool> isKind) => at > 0 && isKind(text[at - 1]);

    /// <summary>Whether the byte at <paramref name="at"/> is of that kind; false at the end.</summary>
    public static bool At(ReadOnlySpan<byte> text, int at, Func<byte, bool> isKind) => at < text.Length && isKind(text[at]);

    /// <summary>How many bytes from <paramref name="at"/> on are of that kind, counting no further than <paramref name="most"/>.</summary>
    public static int Run(ReadOnlySpan<byte> text, int at, int most, Func<byte, bool> isKind)
    {
        var length = 0;
        while (length < most && at + length < text.Length && isKind(text[at + length])) length++;
        return length;
    }
}

namespace Gateway.Protocols.Masking.Detect;

/// <summary>
/// E-mail addresses as people write them: a local part without quotes of at most 64 bytes, and a host of at least two labels (RFC 5321 section
/// 4.5.3.1). Letters beyond ASCII count on both sides (RFC 6531); of one that a bound falls into, all counts before the <c>@</c>, and nothing behind it.
/// </summary>
static class EmailAddresses
{
    const int LongestLocal = 64;
    const int LongestHost = 253;

    public static void Find(ReadOnlySpan<byte> text, MatchList matches)
    {
        var from = 0;
        for (var at = text.IndexOf((byte)'@'); at >= 0;)
        {
            var start = at;
            while (start > from && at - start < LongestLocal && IsLocal(text[start - 1])) start--;
            start = Math.Max(from, Bytes.CharacterAt(text, start));
            var end = EndOfHost(text, at + 1);
            if (start < at && end > 0) matches.Add(start, end);
            from = Math.Max(at + 1, end);
            var next = text[from..].IndexOf((byte)'@');
            at = next < 0 ? -1 : from + next;
        }
    }

    static int EndOfHost(ReadOnlySpan<byte> text, int start)
    {
        var until = Bytes.CharacterAt(text, start + Bytes.Run(text, start, LongestHost, IsHost));
        var host = text[start..Math.Max(start, until)].TrimEnd(".-"u8);
        var dot = host.LastIndexOf((byte)'.');
        if (dot < 1 || host.Length - dot < 3) return 0;
        var top = host[dot + 1];
        return Bytes.IsLetter(top) || top >= 0x80 ? start + host.Length : 0;
    }

    static bool IsLocal(byte b) => Bytes.IsWord(b) || b >= 0x80 || "!#$%&'*+/=?^_`{|}~.-"u8.Contains(b);

    static bool IsHost(byte b) => Bytes.IsWord(b) || b >= 0x80 || b is (byte)'.' or (byte)'-';
}

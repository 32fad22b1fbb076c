namespace Gateway.Protocols.Masking.Detect;

/// <summary>IPv4 addresses of four decimal numbers, and IPv6 addresses in every form of RFC 4291 section 2.2. Ports and prefixes stay.</summary>
static class NetworkAddresses
{
    const int LongestV6 = 45;

    public static void Find(ReadOnlySpan<byte> text, MatchList matches)
    {
        FindV4(text, matches);
        FindV6(text, matches);
    }

    static void FindV4(ReadOnlySpan<byte> text, MatchList matches)
    {
        for (var at = 0; at < text.Length;)
        {
            var next = text[at..].IndexOfAnyInRange((byte)'0', (byte)'9');
            if (next < 0) return;
            at += next;
            var isStart = !Bytes.Before(text, at, Bytes.IsWord) && !(at > 1 && text[at - 1] == '.' && Bytes.IsDigit(text[at - 2]));
            var length = isStart ? V4(text[at..]) : 0;
            var isEnd = !Bytes.At(text, at + length, Bytes.IsWord) && !(Bytes.At(text, at + length, static b => b == '.') && Bytes.At(text, at + length + 1, Bytes.IsDigit));
            if (length > 0 && isEnd) matches.Add(at, at + length);
            var group = text[at..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            at = length > 0 ? at + length : group < 0 ? text.Length : at + group;
        }
    }

    static void FindV6(ReadOnlySpan<byte> text, MatchList matches)
    {
        for (var at = 0; at < text.Length;)
        {
            if (!IsV6Part(text[at]))
            {
                at++;
                continue;
            }

            var length = Bytes.Run(text, at, int.MaxValue, IsV6Part);
            Judge(text, at, at + length, matches);
            at += length;
        }
    }

    /// <summary>Judges a run of hexadecimal digits, colons and dots, from which a word before it and punctuation around it are taken off.</summary>
    static void Judge(ReadOnlySpan<byte> text, int start, int end, MatchList matches)
    {
        if (text[start..end].Count((byte)':') < 2) return;
        if (Bytes.Before(text, start, Bytes.IsLetter)) start += text[start..end].IndexOf((byte)':');
        if (end - start > 1 && text[start] == ':' && text[start + 1] != ':') start++;
        while (end > start + 1 && (text[end - 1] == '.' || text[end - 1] == ':' && text[end - 2] != ':')) end--;
        if (end - start > LongestV6 || Bytes.At(text, end, Bytes.IsLetter)) return;
        if (IsV6(text[start..end])) matches.Add(start, end);
    }

    static bool IsV6(ReadOnlySpan<byte> address)
    {
        var (groups, gap, digits) = (0, false, 0);
        for (var at = 0; at < address.Length;)
        {
            if (address[at] == ':')
            {
                var isGap = Bytes.At(address, at + 1, static b => b == ':');
                if (isGap && gap || !isGap && (at == 0 || at + 1 == address.Length)) return false;
                gap |= isGap;
                at += isGap ? 2 : 1;
                if (Bytes.At(address, at, static b => b == ':')) return false;
                continue;
            }

            if (V4(address[at..]) is var tail and > 0 && at + tail == address.Length)
            {
                (groups, at, digits) = (groups + 2, address.Length, digits + 1);
                continue;
            }

            var length = Bytes.Run(address, at, 5, static b => char.IsAsciiHexDigit((char)b));
            if (length is 0 or 5) return false;
            (groups, at, digits) = (groups + 1, at + length, digits + 1);
        }

        return digits > 0 && (gap ? groups < 8 : groups == 8);
    }

    /// <summary>The length of an IPv4 address at the start; 0: there is none.</summary>
    static int V4(ReadOnlySpan<byte> text)
    {
        var at = 0;
        for (var part = 0; part < 4; part++)
        {
            if (part > 0 && (at >= text.Length || text[at++] != '.')) return 0;
            var length = Bytes.Run(text, at, 4, Bytes.IsDigit);
            if (length is 0 or 4 || length > 1 && text[at] == '0') return 0;
            var number = 0;
            foreach (var digit in text.Slice(at, length)) number = number * 10 + (digit - '0');
            if (number > 255) return 0;
            at += length;
        }

        return at;
    }

    static bool IsV6Part(byte b) => char.IsAsciiHexDigit((char)b) || b is (byte)':' or (byte)'.';
}

namespace Gateway.Protocols.Masking.Detect;

/// <summary>
/// Signed and encrypted JSON tokens in their compact form: three or five parts of base64url (RFC 7515 section 7.1, RFC 7516 section 7.1). The first
/// is a JSON object, which is why it begins with <c>eyJ</c>.
/// </summary>
static class WebTokens
{
    const int LeastHeader = 10;
    const int MostParts = 5;

    public static void Find(ReadOnlySpan<byte> text, MatchList matches)
    {
        for (var at = 0; text[at..].IndexOf("eyJ"u8) is var next and >= 0;)
        {
            at += next;
            if (Bytes.Before(text, at, Bytes.IsBase64Url))
            {
                at += 3;
                continue;
            }

            var (header, parts) = (Bytes.Run(text, at, int.MaxValue, Bytes.IsBase64Url), 1);
            var end = at + header;
            while (parts < MostParts && Bytes.At(text, end, static b => b == '.'))
            {
                var part = Bytes.Run(text, end + 1, int.MaxValue, Bytes.IsBase64Url);
                if (part == 0 && parts == 1) break;
                (end, parts) = (end + 1 + part, parts + 1);
            }

            if (header >= LeastHeader && parts >= 3) matches.Add(at, end);
            at = end;
        }
    }
}

namespace Gateway.Protocols.Masking.Detect;

/// <summary>
/// Keys of clouds and code forges, by the prefixes that their issuers gave them to be found by (AWS access key ids, Google API keys and OAuth tokens,
/// GitHub, GitLab, Slack, Stripe, Azure Storage), and private keys in PEM.
/// </summary>
static class CloudKeys
{
    readonly record struct Form(byte[] Prefix, Func<byte, bool> IsPart, int Least, int Most);

    static readonly Form[] s_forms =
    [
        .. Each(IsUpper, 16, 16, "AKIA", "ASIA", "ABIA", "ACCA"),
        .. Each(Bytes.IsBase64Url, 35, 35, "AIza"),
        .. Each(Bytes.IsBase64Url, 20, 512, "ya29."),
        .. Each(Bytes.IsWord, 36, 255, "ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
        .. Each(Bytes.IsBase64Url, 22, 255, "github_pat_"),
        .. Each(Bytes.IsBase64Url, 20, 255, "glpat-"),
        .. Each(Bytes.IsBase64Url, 10, 255, "xoxb-", "xoxa-", "xoxp-", "xoxr-", "xoxs-"),
        .. Each(Bytes.IsWord, 16, 255, "sk_live_", "rk_live_"),
        .. Each(IsBase64, 86, 88, "AccountKey="),
    ];

    public static void Find(ReadOnlySpan<byte> text, MatchList matches)
    {
        foreach (var form in s_forms) Find(text, form, matches);
        FindPrivateKeys(text, matches);
    }

    static void Find(ReadOnlySpan<byte> text, in Form form, MatchList matches)
    {
        for (var at = 0; text[at..].IndexOf(form.Prefix) is var next and >= 0;)
        {
            at += next;
            var length = Bytes.Run(text, at + form.Prefix.Length, form.Most + 1, form.IsPart);
            var fits = length >= form.Least && length <= form.Most && !Bytes.Before(text, at, Bytes.IsWord);
            if (fits) matches.Add(at, at + form.Prefix.Length + length);
            at += form.Prefix.Length + (fits ? length : 0);
        }
    }

    static void FindPrivateKeys(ReadOnlySpan<byte> text, MatchList matches)
    {
        for (var at = 0; text[at..].IndexOf("-----BEGIN "u8) is var next and >= 0;)
        {
            at += next;
            var line = text.Slice(at, Math.Min(64, text.Length - at));
            if (line.IndexOf("PRIVATE KEY-----"u8) < 0)
            {
                at += 11;
                continue;
            }

            // A key without its end is one that was cut.
            var end = text[at..].IndexOf("-----END "u8);
            var close = end < 0 ? -1 : text[(at + end + 9)..].IndexOf("-----"u8);
            var until = close is < 0 or > 64 ? text.Length : at + end + 9 + close + 5;
            matches.Add(at, until);
            at = until;
        }
    }

    static IEnumerable<Form> Each(Func<byte, bool> isPart, int least, int most, params string[] prefixes) =>
        prefixes.Select(prefix => new Form(System.Text.Encoding.ASCII.GetBytes(prefix), isPart, least, most));

    static bool IsUpper(byte b) => char.IsAsciiLetterUpper((char)b) || Bytes.IsDigit(b);

    static bool IsBase64(byte b) => Bytes.IsWord(b) || b is (byte)'+' or (byte)'/' or (byte)'=';
}

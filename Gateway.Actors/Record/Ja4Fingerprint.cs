namespace Gateway.Actors.Record;

/// <summary>A client's JA4 as somebody asks for it: <c>t13d1516h2_8daaf6152771_e5627efa2ab1</c>. Compared as it stands, letter by letter.</summary>
public readonly record struct Ja4Fingerprint
{
    public const string Rule = "must be a JA4 such as t13d1516h2_8daaf6152771_e5627efa2ab1";

    const int Head = 10;
    const int Hash = 12;

    readonly string _text;

    Ja4Fingerprint(string text) => _text = text;

    /// <summary>Null for what is no such fingerprint.</summary>
    public static Ja4Fingerprint? Parse(string text) =>
        text.Split('_') is [{ Length: Head } head, { Length: Hash } suites, { Length: Hash } extensions]
            && head.All(char.IsAsciiLetterOrDigit) && suites.All(char.IsAsciiHexDigitLower) && extensions.All(char.IsAsciiHexDigitLower)
            ? new Ja4Fingerprint(text) : null;

    public override string ToString() => _text;
}

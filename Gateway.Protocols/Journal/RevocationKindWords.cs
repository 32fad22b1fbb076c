namespace Gateway.Protocols.Journal;

/// <summary>The words for a <see cref="RevocationKind"/> in the admin API, in the audit and on the command line.</summary>
public static class RevocationKindWords
{
    public static string Word(this RevocationKind kind) => kind switch
    {
        RevocationKind.Subject => "subject",
        RevocationKind.Token => "token",
        RevocationKind.Certificate => "certificate",
        _ => $"kind-{(byte)kind}",
    };

    /// <summary>The kind of a word, or null when there is no such word.</summary>
    public static RevocationKind? Parse(string word) => Words.Find<RevocationKind>(word, Word);
}

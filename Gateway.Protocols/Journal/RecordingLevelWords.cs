namespace Gateway.Protocols.Journal;

/// <summary>The words for a <see cref="RecordingLevel"/> in profiles, in the admin API and on the command line.</summary>
public static class RecordingLevelWords
{
    public static IReadOnlyList<string> All { get; } = [.. Enum.GetValues<RecordingLevel>().Select(Word)];

    public static string Word(this RecordingLevel level) => level switch
    {
        RecordingLevel.Full => "full",
        RecordingLevel.Metadata => "metadata",
        RecordingLevel.Off => "off",
        RecordingLevel.Operations => "operations",
        _ => $"level-{(byte)level}",
    };

    /// <summary>The level of a word, or null when there is no such word.</summary>
    public static RecordingLevel? Parse(string word) => Words.Find<RecordingLevel>(word, Word);
}

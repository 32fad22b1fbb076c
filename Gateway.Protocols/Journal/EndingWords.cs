namespace Gateway.Protocols.Journal;

/// <summary>The words for an <see cref="Ending"/> on metrics, in the admin API and on the command line.</summary>
public static class EndingWords
{
    public static string Word(this Ending ending) => ending switch
    {
        Ending.ClosedByClient => "closed-by-client",
        Ending.ClosedByUpstream => "closed-by-upstream",
        Ending.Refused => "refused",
        Ending.Drained => "drained",
        Ending.NodeLost => "node-lost",
        Ending.Killed => "killed",
        _ => $"ending-{(byte)ending}",
    };

    /// <summary>The ending of a word, or null when there is no such word.</summary>
    public static Ending? Parse(string word) => Words.Find<Ending>(word, Word);
}

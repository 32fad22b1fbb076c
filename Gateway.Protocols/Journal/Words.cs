namespace Gateway.Protocols.Journal;

/// <summary>Enumerations that the journal keeps as numbers have a word for each value: on metrics, in the admin API and on the command line.</summary>
static class Words
{
    /// <summary>The value that is called <paramref name="word"/>; null when none is.</summary>
    public static T? Find<T>(string word, Func<T, string> wordOf)
        where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
        {
            if (wordOf(value) == word) return value;
        }

        return null;
    }
}

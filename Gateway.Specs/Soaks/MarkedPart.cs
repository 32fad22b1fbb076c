namespace Gateway.Specs.Soaks;

/// <summary>The part of a document that a run writes, between two comments.</summary>
static class MarkedPart
{
    public static string Put(string document, string begin, string end, string text)
    {
        var (from, to) = (document.IndexOf(begin, StringComparison.Ordinal) + begin.Length, document.IndexOf(end, StringComparison.Ordinal));
        return $"{document[..from]}\n\n{text}\n{document[to..]}";
    }
}

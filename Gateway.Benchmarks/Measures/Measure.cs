namespace Gateway.Benchmarks.Measures;

/// <summary>One figure that is compared between relays. Less is better in all of them.</summary>
/// <param name="Id">Short and stable: the key in the results file and for <c>--only</c>.</param>
/// <param name="Title">What a reader sees.</param>
/// <param name="Unit">What one is of.</param>
/// <param name="IsOfJournal">What recordings take on disk, which only relays that keep every byte have: compared with nobody.</param>
sealed record Measure(string Id, string Title, string Unit, bool IsOfJournal = false)
{
    /// <summary>What a journal grows by for each byte of a load, both directions counted as the load generator sees them in the clear.</summary>
    public static Measure OfJournal(string load, string title) => new($"{load}-disk", $"bytes on disk per byte on the wire, {title}", "B/B", true);
}

/// <summary>One value of one relay in one round.</summary>
readonly record struct Sample(string Measure, string Relay, int Round, double Value);

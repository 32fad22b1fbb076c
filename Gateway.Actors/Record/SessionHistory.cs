namespace Gateway.Actors.Record;

/// <summary>What a subject did on a connection in the sessions it began there before this one, newest first and not all of them.</summary>
public sealed record SessionHistory
{
    /// <summary>Sessions whose fingerprints are looked at.</summary>
    public const int MostFingerprinted = 1000;

    /// <summary>Ended sessions whose bytes are looked at.</summary>
    public const int MostEnded = 100;

    /// <summary>By fingerprint of the client's hello, how many sessions came with it.</summary>
    public required IReadOnlyDictionary<string, long> Fingerprints { get; init; }

    public required SessionVolumes Volumes { get; init; }

    /// <summary>Sessions among which open ones are looked for: the newest.</summary>
    public const int MostLookedAt = 1000;

    /// <summary>Open sessions whose clients are told.</summary>
    public const int MostBeside = 64;

    /// <summary>Where the clients of its other open sessions come from, as the index writes it; empty where that was not asked.</summary>
    public IReadOnlyList<string> Beside { get; init; } = [];
}

/// <param name="Ended">How many sessions ended.</param>
/// <param name="Most">Bytes that the largest of them relayed, both directions together.</param>
public sealed record SessionVolumes(long Ended, long Most);

/// <summary>Whose sessions on which connection, begun in which time: <see cref="Since"/> is in it, <see cref="Before"/> is not.</summary>
public sealed record HistoryQuestion(string Subject, string Connection, long Since, long Before)
{
    /// <summary>
    /// The session beside which others may be open, however much later a node with another clock says that they began; null: that is not asked.
    /// </summary>
    public string? Beside { get; init; }
}

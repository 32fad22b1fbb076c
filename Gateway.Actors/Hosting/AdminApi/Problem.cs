namespace Gateway.Actors.Hosting.AdminApi;

/// <summary>
/// Why the admin API did not do what it was asked (RFC 9457, <c>application/problem+json</c>). <paramref name="Detail"/> is one sentence
/// with the remedy; <paramref name="Refusal"/> is the word of a refused token; <paramref name="Faults"/> are the lines of what is wrong with
/// documents.
/// </summary>
public sealed record Problem(string Title, int Status, string Detail, string? Refusal = null, IReadOnlyList<string>? Faults = null)
{
    public const string MediaType = "application/problem+json";
}

/// <summary>The body of a re-drive: into which connection the client's words are said again, and why.</summary>
public sealed record RedriveRequest(string? Connection, string? Reason);

/// <summary>The body of a kill: why, for the session's record. 1 to <see cref="LongestReason"/> characters on one line.</summary>
public sealed record KillRequest(string? Reason)
{
    public const int LongestReason = 200;

    /// <summary>The reason, or null when it is none that can be recorded.</summary>
    public string? Checked() =>
        Reason?.Trim() is { Length: > 0 and <= LongestReason } reason && !reason.Any(char.IsControl) ? reason : null;
}

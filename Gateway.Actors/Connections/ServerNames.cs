namespace Gateway.Actors.Connections;

/// <summary>Host names that clients ask for, exact or with one label of wildcard, as in certificates (RFC 9525 section 6.3).</summary>
static class ServerNames
{
    public static bool IsOne(string name) => Uri.CheckHostName(name.StartsWith("*.", StringComparison.Ordinal) ? name[2..] : name) == UriHostNameType.Dns;

    /// <summary>Whether a client may ask for the name where these are allowed; it may for any where none is said to be.</summary>
    public static bool LetIn(IReadOnlyList<string> allowed, string asked) => allowed.Count == 0 || allowed.Any(name => Matches(name, asked.TrimEnd('.')));

    // The wildcard stands for exactly one label.
    static bool Matches(string allowed, string asked)
    {
        if (!allowed.StartsWith("*.", StringComparison.Ordinal)) return allowed.Equals(asked, StringComparison.OrdinalIgnoreCase);
        var dot = asked.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && allowed.AsSpan(1).Equals(asked.AsSpan(dot), StringComparison.OrdinalIgnoreCase);
    }
}

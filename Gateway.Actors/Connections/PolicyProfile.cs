namespace Gateway.Actors.Connections;

/// <summary>Access rules of the whole cluster, for every connection that has all of some labels, beside the rules that connections have themselves.</summary>
public sealed record PolicyProfile
{
    public required string Name { get; init; }

    /// <summary>Labels that a connection must have, all of them; none: every connection, with labels or without.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>Only whom one of these proved: names of issuers, or distinguished names of authorities of certificates; empty: whoever did.</summary>
    public IReadOnlyList<string> Issuers { get; init; } = [];

    /// <summary>As those of a connection.</summary>
    public required IReadOnlyList<AccessRule> Rules { get; init; }

    /// <summary>
    /// Why this node cannot read it, such as a time zone that it does not know; null: it can. Nobody knows then whom it denies, nor where: it denies
    /// everybody everywhere.
    /// </summary>
    public string? Problem { get; init; }

    public bool Selects(ConnectionProfile connection) =>
        Labels.All(label => connection.Labels.TryGetValue(label.Key, out var value) && value == label.Value);

    /// <summary>What stands for a policy that cannot be read.</summary>
    public static PolicyProfile Unreadable(string name, string problem) =>
        new() { Name = name, Labels = ConnectionProfile.NoLabels, Rules = [new AccessRule { Effect = AccessEffect.Deny }], Problem = problem };
}

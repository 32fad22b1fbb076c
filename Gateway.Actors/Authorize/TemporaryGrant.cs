using Gateway.Actors.Connections;

namespace Gateway.Actors.Authorize;

/// <summary>
/// Access that an operator gave one subject for a while, beside the rules of the connections. It allows; a rule that denies still wins.
/// </summary>
public sealed record TemporaryGrant
{
    /// <summary>Unique in the cluster: what it is withdrawn by, and what records of sessions name.</summary>
    public required string Id { get; init; }

    /// <summary>The subject's name, compared character by character.</summary>
    public required string Subject { get; init; }

    /// <summary>Only the subject of this issuer; null: whoever proved that name.</summary>
    public string? Issuer { get; init; }

    /// <summary>The connection; null: those that have all of <see cref="Labels"/>.</summary>
    public string? Connection { get; init; }

    /// <summary>Labels of the connections, where <see cref="Connection"/> is null. Without either it grants nothing.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = ConnectionProfile.NoLabels;

    public required DateTimeOffset From { get; init; }

    /// <summary>Sessions that stand on it end then.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>Why, one line.</summary>
    public required string Reason { get; init; }

    /// <summary>Who gave it, as the audit names people.</summary>
    public required string GrantedBy { get; init; }

    public bool IsFor(string subject, string issuer) =>
        string.Equals(Subject, subject, StringComparison.Ordinal) && (Issuer is null || string.Equals(Issuer, issuer, StringComparison.Ordinal));

    public bool Covers(ConnectionProfile connection) => Connection is { } name
        ? string.Equals(name, connection.Name, StringComparison.Ordinal)
        : Labels.Count > 0 && Labels.All(label => connection.Labels.TryGetValue(label.Key, out var value) && value == label.Value);
}

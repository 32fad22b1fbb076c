using System.Net;

namespace Gateway.Actors.Connections;

/// <summary>
/// Who may use the connection: any of the groups or any of the subjects, from anywhere and at any time, or whom a rule allows. A rule that
/// denies wins. Nothing at all: nobody (fail closed).
/// </summary>
public sealed record AccessRules
{
    /// <summary>Names of the issuers whose tokens are accepted; empty: the connection takes certificates only.</summary>
    public required IReadOnlyList<string> Issuers { get; init; }

    public required IReadOnlyList<string> Groups { get; init; }

    public required IReadOnlyList<string> Subjects { get; init; }

    /// <summary>Whom the connection knows by a password of their own; empty: nobody.</summary>
    public IReadOnlyList<ServiceAccount> Accounts { get; init; } = [];

    /// <summary>How long the login of such an account lasts; null: as long as the session.</summary>
    public TimeSpan? AccountsLast { get; init; }

    /// <summary>In the order of the profile, which matters for what is told of them only.</summary>
    public IReadOnlyList<AccessRule> Rules { get; init; } = [];
}

public enum AccessEffect
{
    Allow,
    Deny,
}

/// <summary>One rule. It is about whoever is one of the subjects or in one of the groups, and comes from one of the networks, within the hours.</summary>
public sealed record AccessRule
{
    public required AccessEffect Effect { get; init; }

    /// <summary>With <see cref="Subjects"/> empty too: everybody, which only a rule that denies may say.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    public IReadOnlyList<string> Subjects { get; init; } = [];

    /// <summary>Where the client connects from, as the gateway sees it; empty: anywhere.</summary>
    public IReadOnlyList<IPNetwork> Networks { get; init; } = [];

    /// <summary>Null: at any time.</summary>
    public AccessHours? Hours { get; init; }
}

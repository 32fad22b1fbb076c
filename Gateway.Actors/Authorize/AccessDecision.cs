using System.Net;
using Gateway.Actors.Connections;
using Gateway.Actors.Identify;
using Gateway.Protocols;

namespace Gateway.Actors.Authorize;

/// <summary>Who wants to use which connection, from where.</summary>
public sealed record AccessRequest(Identity Who, ConnectionProfile Connection, IPAddress From);

/// <summary>Whether a request is allowed, and why.</summary>
public sealed record AccessDecision
{
    /// <summary><see cref="Refusal.None"/>: allowed.</summary>
    public required Refusal Refusal { get; init; }

    /// <summary>One sentence, without any secret.</summary>
    public required string Detail { get; init; }

    /// <summary>
    /// What decided: <c>access.groups</c>, <c>access.subjects</c>, <c>access.rules[2]</c>, <c>policy NAME rules[0]</c>, <c>grant ID</c>, <c>revocation</c>, <c>identity</c>,
    /// or <c>default</c> where nothing allows.
    /// </summary>
    public required string Rule { get; init; }

    /// <summary>When access ends, if it is allowed; null: it does not.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>What a session is refused for at <see cref="Until"/>: the identity's end, or that of the access.</summary>
    public Refusal EndsWith { get; init; } = Refusal.IdentityExpired;

    public AccessTerm Term => new(Until, EndsWith, EndsWith == Refusal.IdentityExpired ? "the identity" : $"what {Rule} allows");

    /// <summary>Every rule and grant that was looked at, in order, and whether it applies.</summary>
    public IReadOnlyList<RuleTrace> Considered { get; init; } = [];

    public bool IsAllowed => Refusal == Refusal.None;
}

/// <summary>One rule or grant, and why it applies or does not.</summary>
public sealed record RuleTrace(string Rule, AccessEffect Effect, bool Applies, string Why)
{
    /// <summary>Whether it comes from a policy, not from the connection or a grant.</summary>
    public bool IsOfPolicy { get; init; }
}

using System.Net;
using Gateway.Actors.Accept;
using Gateway.Actors.Connections;
using Gateway.Actors.Identify;

namespace Gateway.Actors.Authorize;

/// <summary>
/// A rule, of the connection or of a policy, or a temporary grant, held against one request: whether it is about that request at all, and when it is in force. Pure.
/// </summary>
sealed record AccessStep(string Rule, AccessEffect Effect, bool Concerns, string Why, AccessHours? Hours = null, TemporaryGrant? Grant = null)
{
    /// <summary>Whether it comes from a policy, not from the connection or a grant.</summary>
    public bool IsOfPolicy { get; init; }

    /// <summary>The rules of the connection in their order, then those of the policies that select it, then the grants of the subject.</summary>
    public static IReadOnlyList<AccessStep> Of(AccessRequest request, AccessFacts facts)
    {
        var access = request.Connection.Access;
        var steps = new List<AccessStep>();
        if (access.Groups.Count > 0) steps.Add(Of("access.groups", new AccessRule { Effect = AccessEffect.Allow, Groups = access.Groups }, request));
        if (access.Subjects.Count > 0)
            steps.Add(Of("access.subjects", new AccessRule { Effect = AccessEffect.Allow, Subjects = access.Subjects }, request));
        steps.AddRange(access.Rules.Select((rule, i) => Of($"access.rules[{i}]", rule, request)));
        steps.AddRange(facts.Policies.Where(policy => policy.Selects(request.Connection)).SelectMany(policy => Of(policy, request)));
        steps.AddRange(facts.GrantsOf(request.Who).Select(grant => Of(grant, request)));
        return steps;
    }

    /// <summary>Null when it is not in force at that time; otherwise until when, <see cref="DateTimeOffset.MaxValue"/> for always.</summary>
    public DateTimeOffset? InForceUntil(DateTimeOffset at)
    {
        if (Grant is { } grant) return grant.From <= at && at < grant.Until ? grant.Until : null;
        return Hours is null ? DateTimeOffset.MaxValue : Hours.OpenUntil(at);
    }

    /// <summary>When it is in force next, if it is not now.</summary>
    public DateTimeOffset InForceAgain(DateTimeOffset after) => Hours?.NextOpening(after) ?? DateTimeOffset.MaxValue;

    public RuleTrace Trace(DateTimeOffset now)
    {
        var isOutOfForce = Concerns && InForceUntil(now) is null;
        return new(Rule, Effect, Concerns && !isOutOfForce, isOutOfForce ? When() : Why) { IsOfPolicy = IsOfPolicy };
    }

    string When() => Grant is { } grant ? $"it is in force from {grant.From:u} to {grant.Until:u}" : "its hours have not begun or are over";

    static AccessStep Of(string name, AccessRule rule, AccessRequest request)
    {
        var (isAbout, who) = About(rule, request.Who);
        if (!isAbout) return new(name, rule.Effect, false, who, rule.Hours);
        return rule.Networks.Count == 0 || rule.Networks.Any(network => Holds(network, request.From))
            ? new(name, rule.Effect, true, who, rule.Hours)
            : new(name, rule.Effect, false, $"{request.From} is in none of its networks", rule.Hours);
    }

    static IEnumerable<AccessStep> Of(PolicyProfile policy, AccessRequest request)
    {
        if (policy.Problem is { } problem)
        {
            var why = $"this node cannot read it, and what it denies is not known ({problem})";
            return [new($"policy {policy.Name}", AccessEffect.Deny, true, why) { IsOfPolicy = true }];
        }

        return policy.Rules.Select((rule, i) =>
        {
            var step = Of($"policy {policy.Name} rules[{i}]", rule, request) with { IsOfPolicy = true };
            var isProvenBy = policy.Issuers.Count == 0 || policy.Issuers.Contains(request.Who.Issuer, StringComparer.Ordinal);
            return isProvenBy ? step : step with { Concerns = false, Why = $"{request.Who.Name} is proven by none of its issuers" };
        });
    }

    static AccessStep Of(TemporaryGrant grant, AccessRequest request) => grant.Covers(request.Connection)
        ? new($"grant {grant.Id}", AccessEffect.Allow, true, $"{grant.GrantedBy} granted it: {grant.Reason}", Grant: grant)
        : new($"grant {grant.Id}", AccessEffect.Allow, false, "it is for another connection", Grant: grant);

    static (bool IsAbout, string Why) About(AccessRule rule, Identity who)
    {
        if (rule.Subjects.Contains(who.Name, StringComparer.Ordinal)) return (true, $"{who.Name} is one of its subjects");
        if (rule.Groups.Intersect(who.Groups, StringComparer.Ordinal).FirstOrDefault() is { } group) return (true, $"{who.Name} is in group {group}");
        return rule.Groups.Count + rule.Subjects.Count == 0
            ? (rule.Effect == AccessEffect.Deny, "it is about everybody")
            : (false, $"{who.Name} is neither one of its subjects nor in one of its groups");
    }

    static bool Holds(IPNetwork network, IPAddress address) => network.Contains(PeerAddress.Plain(address));
}

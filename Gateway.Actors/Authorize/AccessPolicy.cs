using Gateway.Actors.Connections;
using Gateway.Actors.Identify;
using Gateway.Protocols;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Authorize;

/// <summary>
/// Decides whether a subject may use the connection it came through, and until when. Pure. What is revoked is refused; a rule that denies wins
/// over everything that allows; what nothing allows is refused.
/// </summary>
public static class AccessPolicy
{
    public static Verdict<Grant> Judge(Subject subject, AccessFacts facts, DateTimeOffset now)
    {
        var decision = Decide(new AccessRequest(subject.Identity, subject.Connection.Profile, subject.Address), facts, now);
        return decision.IsAllowed ? Grant.To(subject, decision) : new Refused(decision.Refusal, decision.Detail);
    }

    public static AccessDecision Decide(AccessRequest request, AccessFacts facts, DateTimeOffset now)
    {
        var who = request.Who;
        if (who.Expires <= now) return Refuse(Refusal.IdentityExpired, "identity", $"the proof of {who.Name} expired at {who.Expires:u}");
        if (facts.RevocationOf(who, now) is { } revocation) return Revoked(who, revocation);
        var steps = AccessStep.Of(request, facts);
        var considered = steps.Select(step => step.Trace(now)).ToArray();
        var decision = considered.FirstOrDefault(rule => rule is { Applies: true, Effect: AccessEffect.Deny }) is { } denies
            ? Refuse(Refusal.NotGranted, denies.Rule, $"{RuleOf(denies, request)} denies: {denies.Why}")
            : considered.FirstOrDefault(rule => rule.Applies) is { } allows
                ? Allow(request, allows, AccessSpan.End([.. steps.Where(step => step.Concerns)], now))
                : Refuse(
                    Refusal.NotGranted, "default",
                    $"{who.Name} is neither a subject nor in a group that connection {request.Connection.Name} admits here and now");
        return decision with { Considered = considered };
    }

    static AccessDecision Allow(AccessRequest request, RuleTrace allows, DateTimeOffset end)
    {
        var isIdentity = request.Who.Expires is { } expires && expires <= end;
        return new AccessDecision
        {
            Refusal = Refusal.None,
            Detail = $"{RuleOf(allows, request)} allows: {allows.Why}",
            Rule = allows.Rule,
            Until = isIdentity ? request.Who.Expires : end == DateTimeOffset.MaxValue ? null : end,
            EndsWith = isIdentity ? Refusal.IdentityExpired : Refusal.AccessEnded,
        };
    }

    static string RuleOf(RuleTrace rule, AccessRequest request) =>
        $"{rule.Rule} {(rule.IsOfPolicy ? "for" : "of")} connection {request.Connection.Name}";

    static AccessDecision Revoked(Identity who, Revocation revocation) => Refuse(
        Refusal.IdentityRevoked, "revocation",
        $"{(revocation.Kind == RevocationKind.Subject ? "" : $"the {revocation.Kind.Word()} of ")}{who.Name} was revoked at {revocation.At:u} by {revocation.RevokedBy}: {revocation.Reason}");

    static AccessDecision Refuse(Refusal refusal, string rule, string detail) => new() { Refusal = refusal, Rule = rule, Detail = detail };
}

using System.Text.Json;
using Gateway.Actors.Hosting;
using Gateway.Protocols;

namespace Gateway.Actors.Identify;

/// <summary>Reads who a token speaks for, once it is verified. Pure. Refuses rather than leaves out what it cannot read.</summary>
static class TokenClaims
{
    public static Verdict<TokenIdentity> Read(JsonElement verified, TokenTimes times, IssuerOptions issuer)
    {
        if (ClaimPath.Find(verified, issuer.NameClaim) is not { ValueKind: JsonValueKind.String } subject || !SubjectNames.IsUsable(subject.GetString()))
            return Refuse(Refusal.TokenSubjectMissing, issuer.NameClaim, issuer, "holds no usable name");
        if (Groups(ClaimPath.Find(verified, issuer.GroupsClaim)) is not { } groups)
            return Refuse(Refusal.TokenMalformed, issuer.GroupsClaim, issuer, $"is no list of up to {IdentityLimits.Groups} names");
        var id = ReadToken.Text(verified, "jti");
        if (verified.TryGetProperty("jti", out _) && !SubjectNames.IsUsable(id)) return Refuse(Refusal.TokenMalformed, "jti", issuer, "is no usable id");
        return new TokenIdentity(subject.GetString()!, issuer.Name, groups, Expires(times, issuer.ClockSkew), id);
    }

    // The same moment from which TokenTimes refuses the token.
    static DateTimeOffset Expires(TokenTimes times, TimeSpan skew) =>
        DateTimeOffset.MaxValue - times.Expires < skew ? DateTimeOffset.MaxValue : times.Expires + skew;

    /// <summary>Null when it is neither missing nor a name nor a list of names.</summary>
    static string[]? Groups(JsonElement? claim)
    {
        string?[]? groups = claim switch
        {
            null => [],
            { ValueKind: JsonValueKind.String } one => [one.GetString()],
            { ValueKind: JsonValueKind.Array } list when list.GetArrayLength() <= IdentityLimits.Groups =>
                [.. list.EnumerateArray().Select(Text)],
            _ => null,
        };
        return groups is not null && groups.All(SubjectNames.IsUsable) ? [.. groups.OfType<string>()] : null;
    }

    static Refused Refuse(Refusal refusal, string claim, IssuerOptions issuer, string problem) =>
        new(refusal, $"claim {claim} of the token by issuer {issuer.Name} {problem}");

    static string? Text(JsonElement element) => element.ValueKind == JsonValueKind.String ? element.GetString() : null;
}

using System.Text.Json;
using Gateway.Actors.Hosting;
using Gateway.Protocols;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Gateway.Actors.Identify;

/// <summary>Reads who a token speaks for, once it is verified. Pure. Refuses rather than leaves out what it cannot read.</summary>
static class TokenClaims
{
    public static Verdict<TokenIdentity> Read(JsonWebToken verified, IssuerOptions issuer)
    {
        if (Value(verified, issuer.NameClaim) is not string name || !SubjectNames.IsUsable(name))
            return Refuse(Refusal.TokenSubjectMissing, issuer.NameClaim, issuer, "holds no usable name");
        if (Groups(Value(verified, issuer.GroupsClaim)) is not { } groups)
            return Refuse(Refusal.TokenMalformed, issuer.GroupsClaim, issuer, $"is no list of up to {IdentityLimits.Groups} names");
        var id = Value(verified, "jti");
        if (id is not null && !SubjectNames.IsUsable(id as string)) return Refuse(Refusal.TokenMalformed, "jti", issuer, "is no usable id");
        return new TokenIdentity(name, issuer.Name, groups, Expires(verified, issuer.ClockSkew), id as string);
    }

    static object? Value(JsonWebToken token, string claim) => token.TryGetPayloadValue<object>(claim, out var value) ? value : null;

    // The same moment from which TokenTimes refuses the token.
    static DateTimeOffset Expires(JsonWebToken token, TimeSpan skew) =>
        DateTimeOffset.MaxValue - token.ValidTo < skew ? DateTimeOffset.MaxValue : new DateTimeOffset(token.ValidTo, TimeSpan.Zero) + skew;

    /// <summary>Null when it is neither missing nor a name nor a list of names.</summary>
    static string[]? Groups(object? claim)
    {
        string?[]? groups = claim switch
        {
            null => [],
            string one => [one],
            JsonElement { ValueKind: JsonValueKind.Array } list when list.GetArrayLength() <= IdentityLimits.Groups =>
                [.. list.EnumerateArray().Select(Text)],
            _ => null,
        };
        return groups is not null && groups.All(SubjectNames.IsUsable) ? [.. groups.OfType<string>()] : null;
    }

    static Refused Refuse(Refusal refusal, string claim, IssuerOptions issuer, string problem) =>
        new(refusal, $"claim {claim} of the token by issuer {issuer.Name} {problem}");

    static string? Text(JsonElement element) => element.ValueKind == JsonValueKind.String ? element.GetString() : null;
}

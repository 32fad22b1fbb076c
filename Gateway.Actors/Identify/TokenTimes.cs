using System.Text.Json;
using Gateway.Protocols;

namespace Gateway.Actors.Identify;

/// <summary>
/// A token's <c>nbf</c>, <c>iat</c> and <c>exp</c> (RFC 7519 sections 4.1.4 to 4.1.6). Pure. The issue time counts like <c>nbf</c>: a token from the
/// future comes from a clock that is wrong, and so would be its end.
/// </summary>
sealed record TokenTimes(DateTimeOffset? NotBefore, DateTimeOffset Expires)
{
    /// <summary>A text, a negative number or one beyond all measure is no time, wherever it stands.</summary>
    public static Verdict<TokenTimes> Read(JsonElement claims)
    {
        var (notBefore, issuedAt, expires) = (Time(claims, "nbf"), Time(claims, "iat"), Time(claims, "exp"));
        if (notBefore.IsWrong || issuedAt.IsWrong) return Malformed("has an nbf or iat claim that is no time");
        if (expires.IsWrong || expires.At is not { } end) return Malformed("has no usable exp claim: it would never expire");
        return new TokenTimes(notBefore.At > issuedAt.At || issuedAt.At is null ? notBefore.At : issuedAt.At, end);
    }

    /// <summary>Null when the token is valid now.</summary>
    public Refused? Judge(TimeSpan skew, DateTimeOffset now)
    {
        if (now - skew >= Expires) return new(Refusal.TokenExpired, $"the token expired at {Expires:u}");
        return NotBefore is { } start && now + skew < start ? new(Refusal.TokenNotYetValid, $"the token is valid from {start:u} on") : null;
    }

    // NumericDate: seconds since 1970, a fraction allowed (RFC 7519 section 2).
    static (DateTimeOffset? At, bool IsWrong) Time(JsonElement claims, string name)
    {
        if (!claims.TryGetProperty(name, out var value)) return (null, false);
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var seconds) || !double.IsFinite(seconds) || seconds < 0) return (null, true);
        return seconds < (DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).TotalSeconds - 1
            ? (DateTimeOffset.UnixEpoch.AddSeconds(seconds), false)
            : (DateTimeOffset.MaxValue, false);
    }

    static Refused Malformed(string problem) => new(Refusal.TokenMalformed, $"the token {problem}");
}

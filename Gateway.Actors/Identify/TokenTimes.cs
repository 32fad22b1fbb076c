using Gateway.Protocols;

namespace Gateway.Actors.Identify;

/// <summary>Judges a token's <c>nbf</c> and <c>exp</c> (RFC 7519 sections 4.1.4 and 4.1.5). Pure.</summary>
static class TokenTimes
{
    /// <summary>Null when the token is valid now. All times are UTC.</summary>
    public static Refused? Judge(DateTime? notBefore, DateTime? expires, TimeSpan skew, DateTime now)
    {
        if (expires is not { } end) return new(Refusal.TokenMalformed, "the token has no usable exp claim: it would never expire");
        if (now - skew >= end) return new(Refusal.TokenExpired, $"the token expired at {end:u}");
        if (notBefore is { } start && now + skew < start) return new(Refusal.TokenNotYetValid, $"the token is valid from {start:u} on");
        return null;
    }
}

using System.Text.Json;
using Gateway.Protocols;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Gateway.Actors.Identify;

/// <summary>
/// Reads a token's form before anything of it is trusted (RFC 7515, RFC 7519). The header's ways to bring or point to a key (<c>jwk</c>,
/// <c>jku</c>, <c>x5c</c>, <c>x5u</c>) are never looked at: the issuer's published keys are the only ones.
/// </summary>
static class TokenReader
{
    // RFC 7519 section 5.1 leaves typ optional, and some issuers do; RFC 9068 section 2.1 names access tokens. Other kinds are not logins.
    static readonly string[] s_types = ["JWT", "at+jwt", "application/at+jwt"];

    public static Verdict<JsonWebToken> Read(string token)
    {
        if (token.Length > IdentityLimits.Token) return Malformed($"it is longer than {IdentityLimits.Token} characters");
        if (Parse(token) is not { } read) return Malformed("it is no signed JSON Web Token");
        if (Has(read, "crit")) return Malformed("its header demands extensions by crit");
        if (Has(read, "typ") && !s_types.Contains(Text(read, "typ"), StringComparer.OrdinalIgnoreCase))
            return Malformed("its typ is neither JWT nor at+jwt");
        if (Text(read, "alg") is null) return Malformed("its header has no alg");
        if (Has(read, "kid") && Text(read, "kid") is null) return Malformed("its kid is no text");
        return read;
    }

    /// <summary>A text of the header, null when it is something else or not there.</summary>
    public static string? Text(JsonWebToken token, string parameter) =>
        token.TryGetHeaderValue<object>(parameter, out var value) && value is string text ? text : null;

    static bool Has(JsonWebToken token, string parameter) => token.TryGetHeaderValue<object>(parameter, out _);

    static JsonWebToken? Parse(string token)
    {
        try
        {
            var read = new JsonWebToken(token);
            return read.IsEncrypted ? null : read;
        }
        catch (Exception fault) when (fault is ArgumentException or SecurityTokenException or JsonException or FormatException)
        {
            return null;
        }
    }

    static Refused Malformed(string problem) => new(Refusal.TokenMalformed, $"the token cannot be read: {problem}");
}

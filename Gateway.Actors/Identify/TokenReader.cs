using System.Buffers.Text;
using System.Text.Json;
using Gateway.Protocols;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Gateway.Actors.Identify;

/// <summary>A token whose form is sound; nothing of it is proven yet.</summary>
/// <param name="Jwt">For the verifier of signatures.</param>
/// <param name="Header">The header, every name once.</param>
/// <param name="Claims">The claims, every name once.</param>
sealed record ReadToken(JsonWebToken Jwt, JsonElement Header, JsonElement Claims)
{
    /// <summary>The header's <c>alg</c>, which every read token has.</summary>
    public string Algorithm => Text(Header, "alg")!;

    public string? KeyId => Text(Header, "kid");

    /// <summary>A text among the members of an object; null when it is something else or not there.</summary>
    public static string? Text(JsonElement from, string name) =>
        from.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>
/// Reads a token's form before anything of it is trusted (RFC 7515, RFC 7519). The header's ways to bring or point to a key (<c>jwk</c>,
/// <c>jku</c>, <c>x5c</c>, <c>x5u</c>) are never looked at: the issuer's published keys are the only ones. Names that come twice are refused
/// (RFC 7519 section 4 leaves it to the reader): two readers of one token must not see two subjects.
/// </summary>
static class TokenReader
{
    // RFC 7519 section 5.1 leaves typ optional, and some issuers do; RFC 9068 section 2.1 names access tokens. Other kinds are not logins.
    static readonly string[] s_types = ["JWT", "at+jwt", "application/at+jwt"];

    // Claims nest a few levels deep where issuers group roles by client.
    static readonly JsonDocumentOptions s_strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    public static Verdict<ReadToken> Read(string token)
    {
        if (token.Length > IdentityLimits.Token) return Malformed($"it is longer than {IdentityLimits.Token} characters");
        if (token.Split('.') is not [var first, var second, var third] || Object(first) is not { } header || Parse(token) is not { } jwt)
            return Malformed("it is no signed JSON Web Token");
        if (Object(second) is not { } claims)
            return Malformed($"its claims are no JSON object, name one twice, or are nested deeper than {s_strict.MaxDepth} levels");
        if (header.TryGetProperty("crit", out _)) return Malformed("its header demands extensions by crit");
        if (header.TryGetProperty("typ", out _) && !s_types.Contains(ReadToken.Text(header, "typ"), StringComparer.OrdinalIgnoreCase))
            return Malformed("its typ is neither JWT nor at+jwt");
        if (ReadToken.Text(header, "alg") is null) return Malformed("its header has no alg");
        if (header.TryGetProperty("kid", out _) && ReadToken.Text(header, "kid") is not { Length: <= IdentityLimits.Name })
            return Malformed("its kid is no text, or too long");
        return IsBase64Url(third) ? new ReadToken(jwt, header, claims) : Malformed("its signature is no base64url");
    }

    static JsonElement? Object(string part)
    {
        try
        {
            if (!IsBase64Url(part)) return null;
            using var document = JsonDocument.Parse(Base64Url.DecodeFromChars(part), s_strict);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        catch (Exception fault) when (fault is JsonException or FormatException)
        {
            return null;
        }
    }

    // The library takes white space and padding too; RFC 7515 section 2 knows neither.
    static bool IsBase64Url(string part) => part.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') && Base64Url.IsValid(part);

    static JsonWebToken? Parse(string token)
    {
        try
        {
            return new JsonWebToken(token);
        }
        catch (Exception fault) when (fault is ArgumentException or SecurityTokenException or JsonException or FormatException)
        {
            return null;
        }
    }

    static Refused Malformed(string problem) => new(Refusal.TokenMalformed, $"the token cannot be read: {problem}");
}

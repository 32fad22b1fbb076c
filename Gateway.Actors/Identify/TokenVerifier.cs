using System.Text.Json;
using Gateway.Actors.Hosting;
using Gateway.Protocols;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Gateway.Actors.Identify;

/// <summary>
/// Verifies tokens with the published keys of their issuers. The token's own <c>iss</c> only chooses which of the allowed issuers it is to
/// be verified against; everything else is then held against that issuer's configuration alone. Safe for use from several threads.
/// </summary>
public sealed class TokenVerifier : ITokenVerifier
{
    static readonly JsonWebTokenHandler s_handler = new();

    readonly TrustedIssuer[] _issuers;
    readonly TimeProvider _time;

    /// <param name="issuers">Whose keys are read where they publish them.</param>
    /// <param name="time">The clock tokens are judged by.</param>
    /// <param name="log">Told when keys cannot be read.</param>
    /// <param name="own">The gateway's own issuers.</param>
    public TokenVerifier(
        IEnumerable<IssuerOptions> issuers, TimeProvider time, ILogger<TokenVerifier> log, IReadOnlyList<TrustedIssuer>? own = null)
    {
        _issuers = [.. issuers.Select(i => new TrustedIssuer(i, new IssuerKeys(i, time, log))), .. own ?? []];
        _time = time;
    }

    public async Task<Verdict<TokenIdentity>> VerifyAsync(string token, IReadOnlyCollection<string> issuers, CancellationToken cancel)
    {
        var read = TokenReader.Read(token);
        if (!read.IsGranted) return new Refused(read.Refusal, read.Detail);
        var claimed = read.Value;
        if (ClaimedIssuer(claimed, issuers) is not { } issuer)
            return new Refused(Refusal.TokenIssuerUnknown, "the token's iss is none of the issuers accepted here");
        if (!issuer.Options.Algorithms.Contains(claimed.Algorithm))
            return WrongAlgorithm(issuer.Options);
        var key = await issuer.Keys.FindAsync(claimed.KeyId, claimed.Algorithm, cancel);
        return key.IsGranted ? await VerifyAsync(claimed, issuer.Options, key.Value) : new Refused(key.Refusal, key.Detail);
    }

    // Issuer and audience come from the strict reading too: both readings are of the same bytes, and no name is there twice.
    async Task<Verdict<TokenIdentity>> VerifyAsync(ReadToken token, IssuerOptions issuer, SecurityKey key)
    {
        if (!Audiences(token.Claims).Contains(issuer.Audience, StringComparer.Ordinal)) return WrongAudience(issuer);
        var result = await s_handler.ValidateTokenAsync(token.Jwt, new TokenValidationParameters
        {
            IssuerSigningKeyResolver = (_, _, _, _) => [key],
            RequireSignedTokens = true,
            ValidAlgorithms = issuer.Algorithms,
            ValidIssuer = issuer.Authority,
            ValidAudience = issuer.Audience,
            IgnoreTrailingSlashWhenValidatingAudience = false,
            // Judged below, with what the strict reading says: the library passes over a time that is no number.
            ValidateLifetime = false,
        });
        if (!result.IsValid) return Refuse(result.Exception, issuer);
        var times = TokenTimes.Read(token.Claims);
        if (!times.IsGranted) return new Refused(times.Refusal, times.Detail);
        if (times.Value.Judge(issuer.ClockSkew, _time.GetUtcNow()) is { } outOfTime) return outOfTime;
        return TokenClaims.Read(token.Claims, times.Value, issuer);
    }

    // Two configured issuers may share an authority and differ in what they are asked for: the audience tells them apart.
    TrustedIssuer? ClaimedIssuer(ReadToken token, IReadOnlyCollection<string> allowed)
    {
        var claimed = ReadToken.Text(token.Claims, "iss");
        var named = _issuers.Where(i => i.Options.Authority == claimed && allowed.Contains(i.Options.Name)).ToArray();
        return named.FirstOrDefault(i => Audiences(token.Claims).Contains(i.Options.Audience, StringComparer.Ordinal)) ?? (named is [var first, ..] ? first : null);
    }

    // One text, or a list of them (RFC 7519 section 4.1.3); whatever else it is names nobody.
    static IEnumerable<string?> Audiences(JsonElement claims) => !claims.TryGetProperty("aud", out var aud) ? [] : aud.ValueKind switch
    {
        JsonValueKind.String => [aud.GetString()],
        JsonValueKind.Array => [.. aud.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.String).Select(one => one.GetString())],
        _ => [],
    };

    // The library's messages quote the token; only the kind of fault is told.
    static Refused Refuse(Exception fault, IssuerOptions issuer) => fault switch
    {
        SecurityTokenInvalidAudienceException => WrongAudience(issuer),
        SecurityTokenInvalidIssuerException => new(Refusal.TokenIssuerUnknown, $"the token's iss is not that of issuer {issuer.Name}"),
        SecurityTokenInvalidAlgorithmException => WrongAlgorithm(issuer),
        SecurityTokenInvalidSignatureException => new(Refusal.TokenSignatureInvalid, $"the token is not signed by issuer {issuer.Name}"),
        _ => new(Refusal.TokenMalformed, $"the token's claims cannot be read ({fault.GetType().Name})"),
    };

    static Refused WrongAudience(IssuerOptions issuer) => new(Refusal.TokenAudienceWrong, $"the token's aud is not {issuer.Audience}");

    static Refused WrongAlgorithm(IssuerOptions issuer) =>
        new(Refusal.TokenAlgorithmRefused, $"tokens of issuer {issuer.Name} must be signed with {string.Join(" or ", issuer.Algorithms)}");
}

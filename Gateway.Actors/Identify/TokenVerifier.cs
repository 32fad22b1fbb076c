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

    public TokenVerifier(IEnumerable<IssuerOptions> issuers, TimeProvider time, ILogger<TokenVerifier> log)
    {
        _issuers = [.. issuers.Select(i => new TrustedIssuer(i, new IssuerKeys(i, time, log)))];
        _time = time;
    }

    public async Task<Verdict<TokenIdentity>> VerifyAsync(string token, IReadOnlyCollection<string> issuers, CancellationToken cancel)
    {
        var read = TokenReader.Read(token);
        if (!read.IsGranted) return new Refused(read.Refusal, read.Detail);
        var jwt = read.Value;
        if (ClaimedIssuer(jwt, issuers) is not { } issuer)
            return new Refused(Refusal.TokenIssuerUnknown, "the token's iss is none of the issuers accepted here");
        var algorithm = TokenReader.Text(jwt, "alg")!;
        if (!issuer.Options.Algorithms.Contains(algorithm))
            return WrongAlgorithm(issuer.Options);
        var key = await issuer.Keys.FindAsync(TokenReader.Text(jwt, "kid"), algorithm, cancel);
        return key.IsGranted ? await VerifyAsync(jwt, issuer.Options, key.Value) : new Refused(key.Refusal, key.Detail);
    }

    async Task<Verdict<TokenIdentity>> VerifyAsync(JsonWebToken jwt, IssuerOptions issuer, SecurityKey key)
    {
        Refused? outOfTime = null;
        var now = _time.GetUtcNow().UtcDateTime;
        var result = await s_handler.ValidateTokenAsync(jwt, new TokenValidationParameters
        {
            IssuerSigningKeyResolver = (_, _, _, _) => [key],
            RequireSignedTokens = true,
            ValidAlgorithms = issuer.Algorithms,
            ValidIssuer = issuer.Authority,
            ValidAudience = issuer.Audience,
            IgnoreTrailingSlashWhenValidatingAudience = false,
            LifetimeValidator = (from, until, _, _) => (outOfTime = TokenTimes.Judge(from, until, issuer.ClockSkew, now)) is null,
        });
        if (result.IsValid) return TokenClaims.Read(jwt, issuer);
        return outOfTime ?? Refuse(result.Exception, issuer);
    }

    // Two configured issuers may share an authority and differ in what they are asked for: the audience tells them apart.
    TrustedIssuer? ClaimedIssuer(JsonWebToken jwt, IReadOnlyCollection<string> allowed)
    {
        var claimed = jwt.TryGetPayloadValue<object>("iss", out var value) ? value as string : null;
        var named = _issuers.Where(i => i.Options.Authority == claimed && allowed.Contains(i.Options.Name)).ToArray();
        return named.FirstOrDefault(i => jwt.Audiences.Contains(i.Options.Audience)) ?? (named is [var first, ..] ? first : null);
    }

    // The library's messages quote the token; only the kind of fault is told.
    static Refused Refuse(Exception fault, IssuerOptions issuer) => fault switch
    {
        SecurityTokenInvalidAudienceException => new(Refusal.TokenAudienceWrong, $"the token's aud is not {issuer.Audience}"),
        SecurityTokenInvalidIssuerException => new(Refusal.TokenIssuerUnknown, $"the token's iss is not that of issuer {issuer.Name}"),
        SecurityTokenInvalidAlgorithmException => WrongAlgorithm(issuer),
        SecurityTokenInvalidSignatureException => new(Refusal.TokenSignatureInvalid, $"the token is not signed by issuer {issuer.Name}"),
        _ => new(Refusal.TokenMalformed, $"the token's claims cannot be read ({fault.GetType().Name})"),
    };

    static Refused WrongAlgorithm(IssuerOptions issuer) =>
        new(Refusal.TokenAlgorithmRefused, $"tokens of issuer {issuer.Name} must be signed with {string.Join(" or ", issuer.Algorithms)}");

    sealed record TrustedIssuer(IssuerOptions Options, IssuerKeys Keys);
}

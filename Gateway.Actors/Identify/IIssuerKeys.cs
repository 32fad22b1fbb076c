using Microsoft.IdentityModel.Tokens;

namespace Gateway.Actors.Identify;

/// <summary>The keys that one issuer's tokens are verified with.</summary>
public interface IIssuerKeys
{
    /// <summary>The key a token says it is signed with, or the reason why there is none.</summary>
    /// <param name="keyId">The token's <c>kid</c>; null when it has none.</param>
    /// <param name="algorithm">The token's <c>alg</c>, which the issuer may use.</param>
    /// <param name="cancel">Ends the waiting.</param>
    ValueTask<Verdict<SecurityKey>> FindAsync(string? keyId, string algorithm, CancellationToken cancel);
}

/// <summary>An issuer, and where its keys come from.</summary>
public sealed record TrustedIssuer(Hosting.IssuerOptions Options, IIssuerKeys Keys);

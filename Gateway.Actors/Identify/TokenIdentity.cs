namespace Gateway.Actors.Identify;

/// <summary>
/// Who a verified token speaks for. <paramref name="Issuer"/> is the issuer's configured name, <paramref name="Id"/> the token's <c>jti</c>.
/// </summary>
public sealed record TokenIdentity(string Name, string Issuer, IReadOnlyList<string> Groups, DateTimeOffset Expires, string? Id = null);

/// <summary>Verifies the tokens of the configured issuers, for connections and for the admin API alike.</summary>
public interface ITokenVerifier
{
    /// <summary>
    /// Checks signature, issuer, audience, times and algorithm of <paramref name="token"/>. Only the issuers named in
    /// <paramref name="issuers"/> are accepted. Never throws for what a token says; a refusal's detail holds nothing of the token but its
    /// claims' names and times.
    /// </summary>
    Task<Verdict<TokenIdentity>> VerifyAsync(string token, IReadOnlyCollection<string> issuers, CancellationToken cancel);
}

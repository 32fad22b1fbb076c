namespace Gateway.Actors.Certificates.Acme;

/// <summary>How a name is proved to be this cluster's.</summary>
public enum AcmeChallengeKind
{
    /// <summary>A file at a well-known path over HTTP. RFC 8555 section 8.3.</summary>
    Http01,

    /// <summary>A certificate on the connections' own ports. RFC 8737.</summary>
    TlsAlpn01,
}

/// <summary>The words of RFC 8555 section 9.7.8.</summary>
static class AcmeChallengeWords
{
    public static string Word(this AcmeChallengeKind kind) => kind == AcmeChallengeKind.Http01 ? "http-01" : "tls-alpn-01";
}

/// <summary>A challenge that a server may ask about at any moment, at any node.</summary>
/// <param name="Kind">Where it asks.</param>
/// <param name="Name">The DNS name or address that is proved.</param>
/// <param name="Token">The server's; base 64 for URLs.</param>
/// <param name="KeyAuthorization">Token and thumbprint of the account's key. No secret: whoever validates is told.</param>
/// <param name="ExpiresAt">When it is answered no more, whatever happens.</param>
public sealed record PendingChallenge(AcmeChallengeKind Kind, string Name, string Token, string KeyAuthorization, DateTimeOffset ExpiresAt);

/// <summary>Has challenges answered by every node of the cluster. Safe for use from several threads.</summary>
public interface IChallengeAnswers
{
    /// <summary>Returns once every live node answers it. Throws <see cref="AcmeException"/> when one did not say so in time.</summary>
    Task OfferAsync(PendingChallenge challenge, CancellationToken cancel);

    /// <summary>It is answered no more, on those nodes that hear of it; on others until it expires.</summary>
    void Withdraw(PendingChallenge challenge);
}

using Gateway.Protocols.Journal;

namespace Gateway.Actors.Certificates.Acme;

/// <summary>
/// Has a node answer a challenge; it answers with <see cref="ChallengeTaken"/>. Sent again where no answer came: it is done once.
/// </summary>
/// <param name="Kind">Where the server asks.</param>
/// <param name="Name">The DNS name or address that is proved.</param>
/// <param name="Token">The server's.</param>
/// <param name="KeyAuthorization">No secret: whoever validates is told.</param>
/// <param name="ExpiresAt">Microseconds since the Unix epoch.</param>
public sealed record OfferChallenge(AcmeChallengeKind Kind, string Name, string Token, string KeyAuthorization, long ExpiresAt) : IClusterMessage
{
    internal static OfferChallenge Of(PendingChallenge challenge) => new(
        challenge.Kind, challenge.Name, challenge.Token, challenge.KeyAuthorization, UnixMicros.Of(challenge.ExpiresAt));

    internal PendingChallenge Challenge => new(Kind, Name, Token, KeyAuthorization, UnixMicros.Time(ExpiresAt));
}

/// <summary>The node answers the challenge from now on; not, when <paramref name="IsTaken"/> is false, because it has too many or it expired.</summary>
public sealed record ChallengeTaken(string Token, bool IsTaken) : IClusterMessage;

/// <summary>The challenge is over. Not answered.</summary>
public sealed record WithdrawChallenge(AcmeChallengeKind Kind, string Token) : IClusterMessage;

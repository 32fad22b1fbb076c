using System.Net.Security;

namespace Gateway.Actors.Certificates.Acme;

/// <summary>
/// The challenges that this node answers at the moment, for as long as they are pending. Bounded, in number and in time: what nobody withdraws expires.
/// Safe for use from several threads.
/// </summary>
public sealed class PendingChallenges(TimeProvider time) : IChallengeCertificates
{
    /// <summary>At once. Origin: two certificates of as many names as one may have.</summary>
    public const int Most = 2 * AcmeLimits.Names;

    readonly Lock _lock = new();
    readonly Dictionary<(AcmeChallengeKind Kind, string Token), Answer> _answers = [];

    /// <summary>False when it is malformed, has expired, or there are too many.</summary>
    public bool TryAdd(PendingChallenge challenge)
    {
        var now = time.GetUtcNow();
        if (!IsWellFormed(challenge) || challenge.ExpiresAt <= now || challenge.ExpiresAt > now + 2 * AcmeLimits.Order) return false;
        // Made here, and in nobody's way.
        var certificate = challenge.Kind == AcmeChallengeKind.TlsAlpn01
            ? SslStreamCertificateContext.Create(ChallengeCertificate.For(challenge, now), additionalCertificates: null, offline: true)
            : null;
        lock (_lock)
        {
            Forget(now);
            if (_answers.Count >= Most && !_answers.ContainsKey(Key(challenge))) return false;
            _answers[Key(challenge)] = new(challenge, certificate);
            return true;
        }
    }

    public void Remove(AcmeChallengeKind kind, string token)
    {
        lock (_lock) _answers.Remove((kind, token));
    }

    /// <summary>The text that answers http-01 for that token; null when there is no such challenge.</summary>
    public string? AnswerTo(string token)
    {
        if (!AcmeText.IsBase64Url(token, AcmeLimits.Token)) return null;
        lock (_lock)
        {
            Forget(time.GetUtcNow());
            return _answers.GetValueOrDefault((AcmeChallengeKind.Http01, token))?.Challenge.KeyAuthorization;
        }
    }

    public SslStreamCertificateContext? Find(string? serverName)
    {
        if (serverName is null) return null;
        lock (_lock)
        {
            Forget(time.GetUtcNow());
            // The newest, where an order that was given up was begun anew.
            return _answers.Values.Where(answer => answer.Certificate is not null && Asks(serverName, answer.Challenge))
                .MaxBy(answer => answer.Challenge.ExpiresAt)?.Certificate;
        }
    }

    static bool Asks(string serverName, PendingChallenge challenge) =>
        AcmeIdentifier.ServerName(challenge.Name).Equals(serverName.TrimEnd('.'), StringComparison.OrdinalIgnoreCase);

    static (AcmeChallengeKind, string) Key(PendingChallenge challenge) => (challenge.Kind, challenge.Token);

    static bool IsWellFormed(PendingChallenge challenge) =>
        Enum.IsDefined(challenge.Kind) && AcmeIdentifier.Problem(challenge.Name) is null && AcmeText.IsBase64Url(challenge.Token, AcmeLimits.Token)
        && challenge.KeyAuthorization.StartsWith($"{challenge.Token}.", StringComparison.Ordinal)
        && AcmeText.IsBase64Url(challenge.KeyAuthorization[(challenge.Token.Length + 1)..], 64);

    void Forget(DateTimeOffset now)
    {
        foreach (var (key, answer) in _answers)
        {
            if (answer.Challenge.ExpiresAt <= now) _answers.Remove(key);
        }
    }

    sealed record Answer(PendingChallenge Challenge, SslStreamCertificateContext? Certificate);
}

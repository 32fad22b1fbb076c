using Gateway.Actors.Hosting;
using Gateway.Protocols;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace Gateway.Actors.Identify;

/// <summary>
/// The signing keys of one issuer, read when they are needed and kept as <see cref="IssuerKeysPolicy"/> says. However many sessions ask,
/// the issuer is asked once. Safe for use from several threads.
/// </summary>
public sealed partial class IssuerKeys(IssuerOptions issuer, TimeProvider time, ILogger log) : IIssuerKeys
{
    readonly Lock _lock = new();
    Task _reading = Task.CompletedTask;
    long? _askedAt;
    volatile Known? _known;
    volatile bool _isOut;

    /// <summary>The key a token says it is signed with, or the reason why there is none.</summary>
    /// <param name="keyId">The token's <c>kid</c>; null when it has none.</param>
    /// <param name="algorithm">The token's <c>alg</c>, which the issuer may use.</param>
    /// <param name="cancel">Ends the waiting, not the reading others may wait for.</param>
    public async ValueTask<Verdict<SecurityKey>> FindAsync(string? keyId, string algorithm, CancellationToken cancel)
    {
        var known = _known;
        var key = known?.Keys.Find(keyId, algorithm);
        var use = IssuerKeysPolicy.Judge(Age(known), key is not null);
        if (use != KeyUse.Use)
        {
            var reading = Read();
            if (use == KeyUse.UseAndRefresh) return key!;
            await reading.WaitAsync(cancel);
            known = _known;
            key = known?.Keys.Find(keyId, algorithm);
        }

        if (known is null || !IssuerKeysPolicy.Counts(time.GetElapsedTime(known.ReadAt)))
            return new Refused(Refusal.IssuerUnavailable, $"the keys of issuer {issuer.Name} cannot be read");
        if (key is not null) return key;
        return _isOut
            ? new Refused(Refusal.IssuerUnavailable, $"the token's key is new, and the keys of issuer {issuer.Name} cannot be read")
            : new Refused(Refusal.TokenSignatureInvalid, $"issuer {issuer.Name} has no key of the token's id for its algorithm");
    }

    TimeSpan? Age(Known? known) => known is null ? null : time.GetElapsedTime(known.ReadAt);

    /// <summary>The reading under way, a new one, or none when the last is too short ago. Never fails.</summary>
    Task Read()
    {
        lock (_lock)
        {
            if (!_reading.IsCompleted || !IssuerKeysPolicy.MayRead(_askedAt is { } at ? time.GetElapsedTime(at) : null)) return _reading;
            _askedAt = time.GetTimestamp();
            return _reading = Task.Run(ReadAsync);
        }
    }

    async Task ReadAsync()
    {
        var askedAt = time.GetTimestamp();
        using var deadline = new CancellationTokenSource(IdentityLimits.IssuerDeadline, time);
        try
        {
            _known = new(await IssuerDocuments.ReadKeysAsync(issuer, deadline.Token), askedAt);
            if (_isOut) LogBack(issuer.Name);
            _isOut = false;
        }
        catch (Exception fault)
        {
            // Whatever it was: nobody waits for a reading in the background, so it has to be told here. Once for each outage.
            var reason = deadline.IsCancellationRequested ? "no answer in time" : fault.GetBaseException().Message;
            if (!_isOut) LogOut(issuer.Name, reason, IssuerKeysPolicy.Grace);
            _isOut = true;
        }
    }

    [LoggerMessage(301, LogLevel.Warning, "The keys of issuer {Issuer} cannot be read: {Reason}. Older keys count for {Grace}.")]
    partial void LogOut(string issuer, string reason, TimeSpan grace);

    [LoggerMessage(302, LogLevel.Information, "The keys of issuer {Issuer} can be read again.")]
    partial void LogBack(string issuer);

    /// <summary>Keys, and the time they were asked for.</summary>
    sealed record Known(IssuerKeySet Keys, long ReadAt);
}

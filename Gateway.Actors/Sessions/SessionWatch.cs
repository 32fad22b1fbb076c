using Gateway.Actors.Authorize;
using Gateway.Actors.Protocol;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Protocols.Sasl;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Sessions;

/// <summary>Minds what one session stands on while it runs: judges new proofs, and writes every change into its record.</summary>
sealed class SessionWatch(string sessionId, SessionAccess access, ActorRecording recording, SessionStop stop, SessionParts parts) : IAccessWatch
{
    readonly ILogger _log = parts.Logging.CreateLogger("Gateway.Session");
    DateTimeOffset? _recorded;
    volatile bool _isRenewing;

    public AccessTerm Term => Grant.Decision.Term;

    Grant Grant => access.Grant ?? throw new InvalidOperationException("The session has no grant.");

    /// <summary>The session is in the journal: so is what allows it.</summary>
    public void Opened(Grant grant) => Record(grant, renewed: false);

    public void OnChange(Action changed) => access.OnChange(() =>
    {
        if (!_isRenewing && access.Grant is { } grant && grant.Expires != _recorded) Record(grant, renewed: false);
        changed();
    });

    public void Ending(AccessTerm term)
    {
        if (term.Until is not { } until) return;
        var refusal = term.EndsWith;
        recording.Record(new AccessEnding { At = recording.Time.Now, Until = UnixMicros.Of(until), Refusal = refusal }, static () => { });
        parts.Metrics.AccessEnding(Grant.Profile.Name, refusal);
        SessionLog.AccessEnding(_log, sessionId, Grant.Subject.Name, until, refusal.Word());
    }

    public async Task<Verdict<AccessTerm>> RenewAsync(ClientProof proof)
    {
        using var deadline = new SessionDeadline(stop, parts.Limits.LoginTimeout, parts.Time);
        try
        {
            return await RenewAsync(proof, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return new Refused(Refusal.LoginTooSlow, "the new proof could not be judged in time");
        }
    }

    public async Task<Verdict<AccountAnswer>> FindAsync(AccountQuestion question)
    {
        using var deadline = new SessionDeadline(stop, parts.Limits.LoginTimeout, parts.Time);
        try
        {
            return await parts.Identification.FindAsync(Grant.Profile, question, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return new Refused(Refusal.LoginTooSlow, "the account could not be looked up in time");
        }
    }

    async Task<Verdict<AccessTerm>> RenewAsync(ClientProof proof, CancellationToken cancel)
    {
        var connection = Grant.Subject.Connection;
        if (proof.Account is null && connection.Profile.Access.Issuers.Count == 0)
            return new Refused(Refusal.TokenIssuerUnknown, "the connection accepts client certificates only, and the new proof is a token");
        var proven = await parts.Identification.IdentifyAsync(connection, proof, cancel).ConfigureAwait(false);
        if (!proven.IsGranted) return new Refused(proven.Refusal, proven.Detail);
        _isRenewing = true;
        var renewed = access.Renew(proven.Value);
        if (!renewed.IsGranted) return new Refused(renewed.Refusal, renewed.Detail);
        Record(renewed.Value, renewed: true);
        _isRenewing = false;
        parts.Metrics.AccessRenewed(connection.Profile.Name);
        SessionLog.Renewed(_log, sessionId, proven.Value.Name, renewed.Value.Expires);
        return renewed.Value.Decision.Term;
    }

    void Record(Grant grant, bool renewed)
    {
        _recorded = grant.Expires;
        var confirmed = new AccessConfirmed
        {
            At = recording.Time.Now,
            Rule = grant.Decision.Rule,
            TokenId = grant.Subject.Identity.TokenId,
            CertificateSerial = grant.Subject.Identity.CertificateSerial,
            Until = grant.Expires is { } until ? UnixMicros.Of(until) : null,
            Renewed = renewed,
        };
        recording.Record(confirmed, static () => { });
    }
}

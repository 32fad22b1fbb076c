using Gateway.Actors.Connections;
using Gateway.Actors.Identify;
using Gateway.Protocols;

namespace Gateway.Actors.Authorize;

/// <summary>
/// What one session stands on: its subject, held against the rules it began with, of its connection and of policies, and against the grants and
/// revocations that the cluster knows now. Every judgement uses the
/// facts of that moment and replaces the one before, so that a revocation cannot be missed between two of them. Safe for use from several threads.
/// </summary>
public sealed class SessionAccess(Subject subject, IAccessFacts facts, TimeProvider time)
{
    readonly Lock _lock = new();
    Subject _subject = subject;
    IReadOnlyList<PolicyProfile>? _policies;
    volatile Grant? _grant;
    Action? _changed;

    /// <summary>The last grant there was; null while there has been none.</summary>
    public Grant? Grant => _grant;

    /// <summary>Called, on any thread, when the end of the grant moved. One listener; called at once if it comes late.</summary>
    public void OnChange(Action changed)
    {
        lock (_lock) _changed = changed;
        changed();
    }

    /// <summary>Judges anew. A refusal leaves the last grant as it was: it is for the caller to end the session.</summary>
    public Verdict<Grant> Judge()
    {
        lock (_lock) return Judge(_subject);
    }

    /// <summary>The client proved itself again: from now on that proof counts, if it is of the same subject.</summary>
    public Verdict<Grant> Renew(Subject proven)
    {
        lock (_lock)
        {
            if (proven.Name != _subject.Name || proven.Issuer != _subject.Issuer)
                return new Refused(Refusal.IdentityChanged, $"the session is that of {_subject}, and the new proof is of {proven}");
            var judged = Judge(proven);
            if (judged.IsGranted) _subject = proven;
            return judged;
        }
    }

    Verdict<Grant> Judge(Subject who)
    {
        var known = facts.Current;
        _policies ??= known.Policies;
        var verdict = AccessPolicy.Judge(who, known.With(_policies), time.GetUtcNow());
        if (!verdict.IsGranted) return _grant is null ? verdict : Ended(verdict);
        var moved = _grant is { } before && before.Expires != verdict.Value.Expires;
        _grant = verdict.Value;
        if (moved) _changed?.Invoke();
        return verdict;
    }

    // What allowed it does so no longer: a grant was withdrawn, or hours ended a moment before the session's own timer.
    static Verdict<Grant> Ended(Verdict<Grant> verdict) => verdict.Refusal == Refusal.NotGranted
        ? new Refused(Refusal.AccessEnded, $"what allowed the session does so no longer: {verdict.Detail}")
        : verdict;
}

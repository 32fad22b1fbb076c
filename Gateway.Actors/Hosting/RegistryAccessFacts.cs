using Gateway.Actors.Authorize;
using Gateway.Actors.Registry;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Hosting;

/// <summary>The policies, grants and revocations of the registry, in the words of the access policy.</summary>
public sealed class RegistryAccessFacts : IAccessFacts
{
    readonly IRegistry _registry;
    volatile Translated _translated;

    public RegistryAccessFacts(IRegistry registry)
    {
        _registry = registry;
        _translated = Of(registry.Current, null);
    }

    public AccessFacts Current
    {
        get
        {
            var snapshot = _registry.Current;
            var translated = _translated;
            if (ReferenceEquals(translated.Of, snapshot)) return translated.Facts;
            // Many changes of the registry are about something else; two threads that get here at once make the same.
            _translated = translated = IsSame(translated.Of, snapshot) && translated.Of.Policies == snapshot.Policies
                ? translated with { Of = snapshot }
                : Of(snapshot, translated);
            return translated.Facts;
        }
    }

    public IDisposable OnChange(Action changed)
    {
        var known = _registry.Current;
        var subscription = _registry.Subscribe(snapshot =>
        {
            var before = Interlocked.Exchange(ref known, snapshot);
            if (!IsSame(before, snapshot)) changed();
        });
        // What changed before the subscription was there is told now.
        var current = _registry.Current;
        if (!IsSame(known, current)) changed();
        return subscription;
    }

    // Policies are for sessions that begin: those that run need not be told.
    static bool IsSame(RegistrySnapshot one, RegistrySnapshot other) => one.Grants == other.Grants && one.Revocations == other.Revocations;

    static Translated Of(RegistrySnapshot snapshot, Translated? before) => new(snapshot, new AccessFacts(
        [.. snapshot.Grants.Values.OrderBy(g => g.GrantId, StringComparer.Ordinal).Select(Grant)],
        [.. snapshot.Revocations.Values.OrderBy(r => r.Act.At).Select(Revocation)],
        before is not null && before.Of.Policies == snapshot.Policies ? before.Facts.Policies : [.. snapshot.Policies.Values.Select(RegisteredPolicies.Read)]));

    static TemporaryGrant Grant(AccessGranted e) => new()
    {
        Id = e.GrantId,
        Subject = e.Subject,
        Issuer = e.SubjectIssuer,
        Connection = e.Connection,
        Labels = e.Labels.ToDictionary(StringComparer.Ordinal),
        From = UnixMicros.Time(e.From),
        Until = UnixMicros.Time(e.Until),
        Reason = e.Reason,
        GrantedBy = Who(e.Act),
    };

    static Revocation Revocation(Revoked e) => new()
    {
        Kind = e.Kind,
        Value = e.Value,
        Issuer = e.ValueIssuer,
        At = UnixMicros.Time(e.Act.At),
        Until = e.Until is { } until ? UnixMicros.Time(until) : null,
        Reason = e.Reason,
        RevokedBy = Who(e.Act),
    };

    static string Who(Act act) => $"{act.Who} ({act.Issuer})";

    sealed record Translated(RegistrySnapshot Of, AccessFacts Facts);
}

using Gateway.Actors.Connections;
using Gateway.Actors.Registry;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Certificates;

/// <summary>
/// What came of orders and is not in the registry yet, as long as this coordinator lives: that same act is proposed again, after the pauses that failures
/// have, and nothing is ordered in its place meanwhile. An issuer counts what it is asked for, also while the registry's database is away. Not thread-safe.
/// </summary>
sealed class UnrecordedActs(TimeProvider time)
{
    readonly Dictionary<string, Unrecorded> _kept = new(StringComparer.Ordinal);

    /// <summary>Keeps what is about to be proposed for the first time.</summary>
    /// <param name="certificate">As it was when the order was given.</param>
    /// <param name="profile">Its declaration then.</param>
    /// <param name="act">What came of the order.</param>
    public void Keep(ManagedCertificate certificate, CertificateProfile profile, RegistryEvent act) => _kept[certificate.Name] = new(certificate, profile, act);

    /// <summary>What stands in the place of an order for that version; null when nothing does, because the registry or the declaration has gone on.</summary>
    public Unrecorded? InPlaceOf(ManagedCertificate certificate, uint version)
    {
        if (!_kept.TryGetValue(certificate.Name, out var kept)) return null;
        if (kept.Version == version && kept.Of.Revision == certificate.Revision) return kept;
        _kept.Remove(certificate.Name);
        return null;
    }

    /// <summary>Takes the registry's answer to an act; one that is not kept is none of its business.</summary>
    public void Take(string name, RegistryEvent act, bool isDone)
    {
        if (!_kept.TryGetValue(name, out var kept) || !ReferenceEquals(kept.Act, act)) return;
        if (isDone) _kept.Remove(name);
        else kept.Postpone(time.GetUtcNow());
    }

    public void Forget(Func<string, bool> isGone)
    {
        foreach (var name in _kept.Keys.Where(isGone).ToArray()) _kept.Remove(name);
    }

    internal sealed class Unrecorded(ManagedCertificate of, CertificateProfile profile, RegistryEvent act)
    {
        uint _refusals;
        DateTimeOffset _next = DateTimeOffset.MinValue;

        public ManagedCertificate Of => of;

        public RegistryEvent Act => act;

        public uint Version => act is CertificateIssued issued ? issued.Version : ((RotationFailed)act).Version;

        public bool IsDue(DateTimeOffset now) => now >= _next;

        public void Postpone(DateTimeOffset now)
        {
            DateTimeOffset? end = of.Active is { } active ? CertificateFacts.Of(active).NotAfter : null;
            _next = RotationSchedule.NextAttempt(++_refusals, RotationSchedule.LifeOf(of, profile), end, null, now);
        }
    }
}

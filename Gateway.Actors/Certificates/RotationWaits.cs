using Gateway.Actors.Connections;
using Gateway.Actors.Registry;

namespace Gateway.Actors.Certificates;

/// <summary>
/// What the coordinator knows of certificates that it looked at, so that it reads none again before that changed or its time is there. Not
/// thread-safe.
/// </summary>
sealed class RotationWaits
{
    readonly Dictionary<string, Seen> _seen = new(StringComparer.Ordinal);

    /// <summary>It was looked at as it is in the registry now.</summary>
    public void See(ManagedCertificate certificate, uint signing) =>
        _seen[certificate.Name] = new(certificate, signing, null, null, default, default);

    /// <summary>Nothing is due before that time, whatever the issuer said so far considered.</summary>
    public void Wait(
        ManagedCertificate certificate, uint signing, CertificateProfile? profile, DateTimeOffset? advised, DateTimeOffset now, DateTimeOffset until) =>
        _seen[certificate.Name] = new(certificate, signing, profile, advised, now, until);

    /// <summary>Whether it has changed since it was looked at, or what signs it.</summary>
    public bool IsNew(ManagedCertificate certificate, uint signing) =>
        !_seen.TryGetValue(certificate.Name, out var seen) || !ReferenceEquals(seen.Certificate, certificate) || seen.Signing != signing;

    /// <summary>Whether it need not be read now. A clock that was set back ends every wait.</summary>
    public bool IsWaiting(
        ManagedCertificate certificate, uint signing, DateTimeOffset? advised, DateTimeOffset now, out CertificateProfile? profile)
    {
        profile = null;
        if (IsNew(certificate, signing)) return false;
        var seen = _seen[certificate.Name];
        profile = seen.Profile;
        return seen.Advised == advised && seen.At <= now && now < seen.Until;
    }

    public void Forget(Func<string, bool> isGone)
    {
        foreach (var name in _seen.Keys.Where(isGone).ToArray()) _seen.Remove(name);
    }

    sealed record Seen(
        ManagedCertificate Certificate, uint Signing, CertificateProfile? Profile, DateTimeOffset? Advised, DateTimeOffset At, DateTimeOffset Until);
}

using Gateway.Actors.Connections;
using Gateway.Actors.Identify;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Authorize;

/// <summary>
/// What the cluster knows beside the rules of its connections, at one moment. Immutable. Looking up is independent of how much there is: every login
/// asks, and after a change every live session.
/// </summary>
public sealed class AccessFacts
{
    public static readonly AccessFacts None = new([], []);

    readonly ILookup<string, TemporaryGrant> _grants;
    readonly ILookup<(RevocationKind Kind, string Value), Revocation> _revocations;

    public AccessFacts(IReadOnlyList<TemporaryGrant> grants, IReadOnlyList<Revocation> revocations, IReadOnlyList<PolicyProfile>? policies = null)
    {
        (Grants, Revocations, Policies) = (grants, revocations, policies ?? []);
        _grants = grants.ToLookup(grant => grant.Subject, StringComparer.Ordinal);
        _revocations = revocations.ToLookup(revocation => (revocation.Kind, revocation.Key));
    }

    AccessFacts(AccessFacts known, IReadOnlyList<PolicyProfile> policies)
    {
        (Grants, Revocations, Policies) = (known.Grants, known.Revocations, policies);
        (_grants, _revocations) = (known._grants, known._revocations);
    }

    /// <summary>The cluster's own access rules, in the order of their names.</summary>
    public IReadOnlyList<PolicyProfile> Policies { get; }

    public IReadOnlyList<TemporaryGrant> Grants { get; }

    public IReadOnlyList<Revocation> Revocations { get; }

    /// <summary>The same with other policies.</summary>
    public AccessFacts With(IReadOnlyList<PolicyProfile> policies) => ReferenceEquals(policies, Policies) ? this : new(this, policies);

    /// <summary>The grants of a subject for whatever connection, expired ones included.</summary>
    public IEnumerable<TemporaryGrant> GrantsOf(Identity who) => _grants[who.Name].Where(grant => grant.IsFor(who.Name, who.Issuer));

    /// <summary>The first revocation that counts now and is about this identity, its token or its certificate; null when there is none.</summary>
    public Revocation? RevocationOf(Identity who, DateTimeOffset now) =>
        Keys(who).SelectMany(key => _revocations[key]).FirstOrDefault(revocation => revocation.Counts(now) && revocation.Hits(who));

    static IEnumerable<(RevocationKind, string)> Keys(Identity who)
    {
        yield return (RevocationKind.Subject, who.Name);
        if (who.TokenId is { } id) yield return (RevocationKind.Token, id);
        if (CertificateNumbers.Canonical(who.CertificateSerial) is { } serial) yield return (RevocationKind.Certificate, serial);
        if (CertificateNumbers.Canonical(who.CertificateSha256) is { } fingerprint) yield return (RevocationKind.Certificate, fingerprint);
    }
}

/// <summary>The access facts as this node knows them now.</summary>
public interface IAccessFacts
{
    AccessFacts Current { get; }

    /// <summary>Calls, on any thread, after every change of <see cref="Current"/>, until disposed. It must neither block nor throw.</summary>
    IDisposable OnChange(Action changed);
}

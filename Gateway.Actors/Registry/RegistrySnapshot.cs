using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Identify;
using Gateway.Actors.Tls;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Registry;

/// <summary>A connection that was registered at run time.</summary>
/// <param name="Name">Unique in the registry.</param>
/// <param name="Document">Its canonical YAML.</param>
/// <param name="Revision">The number of the event that put it here: what another change of it must refer to.</param>
/// <param name="By">Who put it here.</param>
public sealed record RegisteredConnection(string Name, string Document, long Revision, Act By);

/// <summary>An access policy of the whole cluster.</summary>
/// <param name="Name">Unique in the registry.</param>
/// <param name="Document">Its canonical YAML.</param>
/// <param name="Revision">The number of the event that put it here.</param>
/// <param name="By">Who put it here.</param>
public sealed record RegisteredPolicy(string Name, string Document, long Revision, Act By);

/// <summary>A secret, sealed with the cluster's key.</summary>
public sealed record RegisteredSecret(string Name, ReadOnlyMemory<byte> Sealed, long Revision, Act By);

/// <summary>What a revocation is about. An empty issuer is any.</summary>
public readonly record struct RevocationKey(RevocationKind Kind, string Value, string Issuer)
{
    public static RevocationKey Of(RevocationKind kind, string value, string? issuer) => new(kind, value, issuer ?? "");
}

/// <summary>The registry after an event: the fold of all events so far. Immutable.</summary>
public sealed record RegistrySnapshot
{
    /// <summary>
    /// What expired is kept this long beyond, because the clock that says so is that of the node that took the act. Origin: node clocks are kept by
    /// NTP; a day is beyond any that is merely wrong.
    /// </summary>
    static readonly long s_margin = (long)TimeSpan.FromDays(1).TotalMicroseconds;

    public static readonly RegistrySnapshot Empty = new();

    /// <summary>The number of the newest event; 0 for none.</summary>
    public long Revision { get; private init; }

    /// <summary>The number of the newest event that changed a connection.</summary>
    public long ConnectionsRevision { get; private init; }

    /// <summary>By name.</summary>
    public ImmutableSortedDictionary<string, RegisteredConnection> Connections { get; private init; } =
        ImmutableSortedDictionary.Create<string, RegisteredConnection>(StringComparer.Ordinal);

    /// <summary>By name.</summary>
    public ImmutableSortedDictionary<string, RegisteredSecret> Secrets { get; private init; } =
        ImmutableSortedDictionary.Create<string, RegisteredSecret>(StringComparer.Ordinal);

    /// <summary>By name.</summary>
    public ImmutableSortedDictionary<string, RegisteredPolicy> Policies { get; private init; } =
        ImmutableSortedDictionary.Create<string, RegisteredPolicy>(StringComparer.Ordinal);

    /// <summary>By grant id. A grant whose time is over may still be here: compare its end with the clock.</summary>
    public ImmutableDictionary<string, AccessGranted> Grants { get; private init; } =
        ImmutableDictionary.Create<string, AccessGranted>(StringComparer.Ordinal);

    /// <summary>A revocation whose time is over may still be here: compare its end with the clock.</summary>
    public ImmutableDictionary<RevocationKey, Revoked> Revocations { get; private init; } = ImmutableDictionary<RevocationKey, Revoked>.Empty;

    /// <summary>Whether operators revoked the certificate, by its serial number or fingerprint, of its issuer or of any, and that counts now.</summary>
    public bool IsRevoked(X509Certificate2 certificate, DateTimeOffset now)
    {
        string?[] numbers = [CertificateNumbers.Canonical(certificate.SerialNumber), CertificateNumbers.Canonical(TlsFacts.Sha256(certificate))];
        return numbers.OfType<string>()
            .SelectMany(number => new[] { certificate.Issuer, null }, (number, issuer) => RevocationKey.Of(RevocationKind.Certificate, number, issuer))
            .Any(key => Revocations.TryGetValue(key, out var revoked) && !(revoked.Until <= UnixMicros.Of(now)));
    }

    /// <summary>The certificates the cluster looks after.</summary>
    public CertificatesState Certificates { get; private init; } = CertificatesState.Empty;

    /// <summary>Recordings under legal hold, by session.</summary>
    public ImmutableDictionary<string, RecordingHeld> Holds { get; private init; } = ImmutableDictionary.Create<string, RecordingHeld>(StringComparer.Ordinal);

    /// <summary>Recordings whose key an act promised to destroy, and the number of the first such act; without those that were removed since.</summary>
    public ImmutableDictionary<string, long> Erasures { get; private init; } = ImmutableDictionary.Create<string, long>(StringComparer.Ordinal);

    /// <summary>The registry after one more event, of that number.</summary>
    public RegistrySnapshot With(RegistryEvent e, long number)
    {
        var next = this with { Revision = number };
        return e switch
        {
            ConnectionPut put => next with
            {
                Connections = Connections.SetItem(put.Name, new(put.Name, put.Document, number, put.Act)),
                ConnectionsRevision = number,
            },
            ConnectionRemoved gone => next with { Connections = Connections.Remove(gone.Name), ConnectionsRevision = number },
            SecretPut put => next with { Secrets = Secrets.SetItem(put.Name, new(put.Name, put.Sealed, number, put.Act)) },
            SecretRemoved gone => next with { Secrets = Secrets.Remove(gone.Name) },
            PolicyPut put => next with { Policies = Policies.SetItem(put.Name, new(put.Name, put.Document, number, put.Act)) },
            PolicyRemoved gone => next with { Policies = Policies.Remove(gone.Name) },
            AccessGranted grant => next with { Grants = Unexpired(Grants, e.Act.At).SetItem(grant.GrantId, grant) },
            AccessWithdrawn gone => next with { Grants = Grants.Remove(gone.GrantId) },
            Revoked revoked => next with
            {
                Revocations = Unexpired(Revocations, e.Act.At).SetItem(RevocationKey.Of(revoked.Kind, revoked.Value, revoked.ValueIssuer), revoked),
            },
            RevocationLifted gone => next with { Revocations = Revocations.Remove(RevocationKey.Of(gone.Kind, gone.Value, gone.ValueIssuer)) },
            RecordingHeld held => next with { Holds = Holds.SetItem(held.SessionId, held) },
            HoldLifted gone => next with { Holds = Holds.Remove(gone.SessionId) },
            RecordingErased erased => Erasures.ContainsKey(erased.SessionId) ? next : next with { Erasures = Erasures.Add(erased.SessionId, number) },
            RecordingsExpired expired => next with { Erasures = Erasures.RemoveRange(expired.Sessions) },
            Resealed { Kind: ResealedKind.Secret } again => Secrets.TryGetValue(again.Name, out var secret)
                ? next with { Secrets = Secrets.SetItem(again.Name, secret with { Sealed = again.Sealed }) }
                : next,
            _ => next with { Certificates = Certificates.With(e, number) },
        };
    }

    static ImmutableDictionary<string, AccessGranted> Unexpired(ImmutableDictionary<string, AccessGranted> grants, long now) =>
        grants.RemoveRange(grants.Where(g => g.Value.Until < now - s_margin).Select(g => g.Key));

    static ImmutableDictionary<RevocationKey, Revoked> Unexpired(ImmutableDictionary<RevocationKey, Revoked> revocations, long now) =>
        revocations.RemoveRange(revocations.Where(r => r.Value.Until < now - s_margin).Select(r => r.Key));
}

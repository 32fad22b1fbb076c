using System.Collections.Immutable;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Registry;

/// <summary>A version of a certificate, and how far its rotation is.</summary>
/// <param name="Number">From 1 on.</param>
/// <param name="Chain">DER, the certificate itself first.</param>
/// <param name="SealedKey">Its private key, sealed.</param>
/// <param name="Generation">The cluster's own authority that signed it; 0 for anybody else.</param>
/// <param name="IssuedAt">Microseconds since the Unix epoch.</param>
/// <param name="Revision">The number of the event that brought it.</param>
public sealed record CertificateVersion(
    uint Number, IReadOnlyList<ReadOnlyMemory<byte>> Chain, ReadOnlyMemory<byte> SealedKey, uint Generation, long IssuedAt, long Revision)
{
    /// <summary>Nodes present it, or did: null before.</summary>
    public long? ActivatedAt { get; init; }

    /// <summary>Every node saw that it is presented: null before.</summary>
    public long? ProvenAt { get; init; }
}

/// <summary>How often in a row a new version could not be had, and what comes of it. Times in microseconds since the Unix epoch.</summary>
public sealed record FailedRotation(uint Version, uint Attempt, long At, long NextAttempt, string Reason);

/// <summary>A certificate that the cluster looks after.</summary>
/// <param name="Name">Unique in the registry.</param>
/// <param name="Document">Its canonical YAML.</param>
/// <param name="Revision">The number of the event that put it here.</param>
/// <param name="By">Who put it here.</param>
public sealed record ManagedCertificate(string Name, string Document, long Revision, Act By)
{
    /// <summary>Those that are not retired, oldest first.</summary>
    public ImmutableList<CertificateVersion> Versions { get; init; } = [];

    /// <summary>An operator wants a new version: the number of that event; 0 once there is one.</summary>
    public long OrderedAt { get; init; }

    /// <summary>Null while nothing has failed since the newest version.</summary>
    public FailedRotation? Failed { get; init; }

    public CertificateVersion? Newest => Versions.Count > 0 ? Versions[^1] : null;

    /// <summary>What nodes present; null before the first.</summary>
    public CertificateVersion? Active => Versions.FindLast(v => v.ActivatedAt is not null);
}

/// <summary>An authority of the cluster's own.</summary>
/// <param name="Generation">From 1 on.</param>
/// <param name="Chain">DER: the intermediate that signs, then its root.</param>
/// <param name="SealedKey">The intermediate's private key, sealed.</param>
/// <param name="MadeAt">Microseconds since the Unix epoch.</param>
/// <param name="Stage">Null: made, and not trusted yet.</param>
public sealed record ManagedAuthority(
    uint Generation, IReadOnlyList<ReadOnlyMemory<byte>> Chain, ReadOnlyMemory<byte> SealedKey, long MadeAt, AuthorityStage? Stage)
{
    public bool IsTrusted => Stage is AuthorityStage.Prepared or AuthorityStage.Signing or AuthorityStage.Replaced;
}

/// <summary>The certificates and authorities the cluster looks after: the fold of the registry's events about them. Immutable.</summary>
public sealed record CertificatesState
{
    public static readonly CertificatesState Empty = new();

    /// <summary>By name.</summary>
    public ImmutableSortedDictionary<string, ManagedCertificate> All { get; private init; } =
        ImmutableSortedDictionary.Create<string, ManagedCertificate>(StringComparer.Ordinal);

    /// <summary>The highest number of a version of every name there ever was, so that none is used twice.</summary>
    public ImmutableDictionary<string, uint> LastVersions { get; private init; } = ImmutableDictionary.Create<string, uint>(StringComparer.Ordinal);

    /// <summary>By generation; retired ones stay, for the record.</summary>
    public ImmutableSortedDictionary<uint, ManagedAuthority> Authorities { get; private init; } = ImmutableSortedDictionary<uint, ManagedAuthority>.Empty;

    /// <summary>The cluster's accounts at ACME servers, by the configured name of the server.</summary>
    public ImmutableSortedDictionary<string, AcmeAccountKept> Accounts { get; private init; } =
        ImmutableSortedDictionary.Create<string, AcmeAccountKept>(StringComparer.Ordinal);

    /// <summary>The one that signs; null before the first.</summary>
    public ManagedAuthority? Signing => Authorities.Values.FirstOrDefault(a => a.Stage == AuthorityStage.Signing);

    public uint LastVersion(string name) => LastVersions.GetValueOrDefault(name);

    /// <summary>The state after one more event, of that number; the same one when the event is about something else.</summary>
    public CertificatesState With(RegistryEvent e, long number) => e switch
    {
        CertificatePut put => this with { All = All.SetItem(put.Name, Put(put, number)) },
        CertificateRemoved gone => this with { All = All.Remove(gone.Name) },
        CertificateIssued issued => Changed(issued.Name, c => Issued(c, issued, number)) with
        {
            LastVersions = LastVersions.SetItem(issued.Name, Math.Max(issued.Version, LastVersion(issued.Name))),
        },
        RotationOrdered ordered => Changed(ordered.Name, c => c with { OrderedAt = number }),
        CertificateActivated active => Changed(active.Name, active.Version, v => v with { ActivatedAt = v.ActivatedAt ?? e.Act.At }),
        CertificateProven proven => Changed(proven.Name, proven.Version, v => v with { ProvenAt = v.ProvenAt ?? e.Act.At }),
        CertificateRetired retired => Changed(retired.Name, c => c with { Versions = c.Versions.RemoveAll(v => v.Number == retired.Version) }),
        RotationFailed failed => Changed(
            failed.Name, c => c with { Failed = new(failed.Version, failed.Attempt, e.Act.At, failed.NextAttempt, failed.Reason) }),
        AuthorityMade made => this with
        {
            Authorities = Authorities.SetItem(made.Generation, new(made.Generation, made.Chain, made.SealedKey, e.Act.At, null)),
        },
        AuthorityStaged staged => Staged(staged),
        AcmeAccountKept kept => this with { Accounts = Accounts.SetItem(kept.Issuer, kept) },
        Resealed again => SealedAgain(again),
        _ => this,
    };

    CertificatesState SealedAgain(Resealed again) => again.Kind switch
    {
        ResealedKind.Certificate => Changed(again.Name, again.Number, v => v with { SealedKey = again.Sealed }),
        ResealedKind.Authority => Authorities.TryGetValue(again.Number, out var authority)
            ? this with { Authorities = Authorities.SetItem(again.Number, authority with { SealedKey = again.Sealed }) }
            : this,
        ResealedKind.Account => Accounts.TryGetValue(again.Name, out var account)
            ? this with { Accounts = Accounts.SetItem(again.Name, account with { SealedKey = again.Sealed }) }
            : this,
        ResealedKind.NextAccount => Accounts.TryGetValue(again.Name, out var next)
            ? this with { Accounts = Accounts.SetItem(again.Name, next with { SealedNextKey = again.Sealed }) }
            : this,
        _ => this,
    };

    ManagedCertificate Put(CertificatePut put, long number) => All.TryGetValue(put.Name, out var known)
        ? known with { Document = put.Document, Revision = number, By = put.Act, Failed = null }
        : new ManagedCertificate(put.Name, put.Document, number, put.Act);

    static ManagedCertificate Issued(ManagedCertificate to, CertificateIssued e, long number) => to with
    {
        Versions = to.Versions.Add(new(e.Version, e.Chain, e.SealedKey, e.Generation, e.Act.At, number)),
        OrderedAt = 0,
        Failed = null,
    };

    CertificatesState Changed(string name, Func<ManagedCertificate, ManagedCertificate> change) =>
        All.TryGetValue(name, out var certificate) ? this with { All = All.SetItem(name, change(certificate)) } : this;

    CertificatesState Changed(string name, uint version, Func<CertificateVersion, CertificateVersion> change) =>
        Changed(name, c => c.Versions.Find(v => v.Number == version) is { } known ? c with { Versions = c.Versions.Replace(known, change(known)) } : c);

    CertificatesState Staged(AuthorityStaged staged) => Authorities.TryGetValue(staged.Generation, out var authority)
        ? this with { Authorities = Authorities.SetItem(staged.Generation, authority with { Stage = staged.Stage }) }
        : this;
}

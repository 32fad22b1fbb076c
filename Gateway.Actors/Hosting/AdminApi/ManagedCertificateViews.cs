using System.Globalization;
using Gateway.Actors.Certificates;
using Gateway.Actors.Connections;
using Gateway.Actors.Registry;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Hosting.AdminApi;

/// <summary>A certificate that the cluster looks after.</summary>
/// <param name="Name">What connections call it.</param>
/// <param name="Source"><c>internal</c>, <c>acme</c>, <c>files</c> or <c>imported</c>; null when the answering node cannot read the declaration.</param>
/// <param name="Use"><c>server</c> or <c>client</c>.</param>
/// <param name="Names">What it is declared for; of an imported one, what it holds.</param>
/// <param name="Phase"><c>none</c>, <c>issued</c> (nodes are to hold it), <c>active</c> (nodes are to prove it) or <c>proven</c>; <c>files</c> where each node has its own.</param>
/// <param name="Version">The newest; null for none.</param>
/// <param name="Serial">Of the newest version.</param>
/// <param name="NotAfter">Of the newest version, UTC.</param>
/// <param name="NextRenewal">When a new version is made, or tried again; null when the cluster makes none.</param>
/// <param name="Alarm"><c>late</c>, <c>critical</c> or <c>expired</c> of what is active; null for none.</param>
/// <param name="Problem">Why the last attempt failed, or what a node says; null for nothing.</param>
/// <param name="Holding">Nodes that hold the newest version.</param>
/// <param name="Proving">Nodes that present it, as they see it from outside.</param>
/// <param name="Nodes">All gateways that were asked.</param>
public sealed record ManagedCertificateView(
    string Name, string? Source, string? Use, IReadOnlyList<string> Names, string Phase, uint? Version, string? Serial, string? NotAfter, string? NextRenewal,
    string? Alarm, string? Problem, int Holding, int Proving, int Nodes)
{
    public static ManagedCertificateView Of(
        ManagedCertificate certificate, CertificateProfile? profile, IReadOnlyList<NodeCertificateView> nodes, DateTimeOffset now)
    {
        var newest = certificate.Newest;
        var facts = newest is null ? null : CertificateFacts.Of(newest);
        return new ManagedCertificateView(
            certificate.Name, profile?.Source.ToString().ToLowerInvariant(), profile?.Use.ToString().ToLowerInvariant(),
            profile is { Names.Count: > 0 } ? profile.Names : facts?.Names ?? [], profile is { Source: CertificateOrigin.Files } ? "files" : PhaseOf(newest), newest?.Number, facts?.Serial,
            facts is null ? null : JournalTime.Write(UnixMicros.Of(facts.NotAfter)), Renewal(certificate, profile), AlarmOf(certificate, now),
            certificate.Failed?.Reason ?? nodes.FirstOrDefault(n => n.Problem is not null)?.Problem,
            nodes.Count(n => n.Holds), nodes.Count(n => n.Proves), nodes.Count);
    }

    static string PhaseOf(CertificateVersion? version) => version switch
    {
        null => "none",
        { ProvenAt: not null } => "proven",
        { ActivatedAt: not null } => "active",
        _ => "issued",
    };

    static string? Renewal(ManagedCertificate certificate, CertificateProfile? profile)
    {
        if (profile is not { IsRenewed: true }) return null;
        if (certificate.Failed is { } failed) return JournalTime.Write(failed.NextAttempt);
        if (certificate.Newest is not { } newest) return null;
        var facts = CertificateFacts.Of(newest);
        return JournalTime.Write(UnixMicros.Of(RotationSchedule.RenewAt(certificate.Name, newest.Number, Issued(newest), facts.NotAfter)));
    }

    static string? AlarmOf(ManagedCertificate certificate, DateTimeOffset now)
    {
        if (certificate.Active is not { } active) return null;
        var alarm = RotationSchedule.Alarm(Issued(active), CertificateFacts.Of(active).NotAfter, now);
        return alarm == ExpiryAlarm.None ? null : alarm.ToString().ToLowerInvariant();
    }

    static DateTimeOffset Issued(CertificateVersion version) => DateTimeOffset.UnixEpoch.AddMicroseconds(version.IssuedAt);
}

/// <summary>How a node holds the newest version. <paramref name="Problem"/> is null when there is none.</summary>
public sealed record NodeCertificateView(string Node, string Name, bool Holds, bool Proves, string? Problem);

/// <summary>A version that is not retired.</summary>
public sealed record CertificateVersionView(
    uint Version, string Serial, string Subject, string Issuer, string NotBefore, string NotAfter, string Sha256, string IssuedAt, string? ActivatedAt, string? ProvenAt)
{
    public static CertificateVersionView Of(CertificateVersion version)
    {
        var facts = CertificateFacts.Of(version);
        return new(
            version.Number, facts.Serial, facts.Subject, facts.Issuer, Written(UnixMicros.Of(facts.NotBefore))!, Written(UnixMicros.Of(facts.NotAfter))!, facts.Sha256,
            Written(version.IssuedAt)!, Written(version.ActivatedAt), Written(version.ProvenAt));
    }

    static string? Written(long? at) => at is { } micros ? JournalTime.Write(micros) : null;
}

/// <summary>One certificate with what only its own page shows. <paramref name="Pem"/> is the chain of what is active; null before there is any.</summary>
public sealed record ManagedCertificateDetailView(
    ManagedCertificateView Certificate, string Document, string By, string At, long Revision, IReadOnlyList<CertificateVersionView> Versions,
    IReadOnlyList<NodeCertificateView> Nodes, string? Pem)
{
    public static ManagedCertificateDetailView Of(ManagedCertificateView view, ManagedCertificate of, IReadOnlyList<NodeCertificateView> nodes) => new(
        view, of.Document, $"{of.By.Who} ({of.By.Issuer})", JournalTime.Write(of.By.At), of.Revision, [.. of.Versions.Select(CertificateVersionView.Of)], nodes,
        of.Active is { } active ? Pems.Write(active.Chain) : null);
}

/// <summary>An authority of the cluster's own.</summary>
/// <param name="Generation">From 1 on.</param>
/// <param name="Stage"><c>made</c>, <c>prepared</c>, <c>signing</c>, <c>replaced</c> or <c>retired</c>.</param>
/// <param name="Trusted">Nodes trust what it signed, and it is published.</param>
/// <param name="Root">The root's distinguished name.</param>
/// <param name="RootSha256">Of the root's certificate.</param>
/// <param name="NotAfter">When the intermediate that signs ends, UTC.</param>
/// <param name="Certificates">How many certificates present, or are to present, what it signed.</param>
public sealed record AuthorityView(uint Generation, string Stage, bool Trusted, string Root, string RootSha256, string NotAfter, int Certificates)
{
    public static AuthorityView Of(ManagedAuthority authority, CertificatesState state)
    {
        var (signs, root) = (CertificateFacts.Of(authority.Chain[0]), CertificateFacts.Of(authority.Chain[^1]));
        return new(
            authority.Generation, authority.Stage?.Word() ?? "made", authority.IsTrusted, root.Subject, root.Sha256, JournalTime.Write(UnixMicros.Of(signs.NotAfter)),
            state.All.Values.Count(c => c.Versions.Exists(v => v.Generation == authority.Generation)));
    }
}

/// <summary>A certificate that is handed in.</summary>
/// <param name="Chain">PEM, the certificate itself first.</param>
/// <param name="Key">PEM, PKCS #8, unencrypted.</param>
/// <param name="Use"><c>server</c> (default) or <c>client</c>, where there is no declaration yet.</param>
public sealed record ImportRequest(string? Chain, string? Key, string? Use = null)
{
    /// <summary>Bytes of the whole body: eight certificates of 32 KiB and a key, in PEM and JSON.</summary>
    public const int MostBytes = 512 * 1024;

    public override string ToString() => $"{nameof(ImportRequest)} ({Chain?.Length ?? 0} characters of certificates)";
}

/// <summary>An authority that was made elsewhere: the intermediate's certificate and its root's (PEM), and the intermediate's key (PEM, PKCS #8).</summary>
public sealed record AuthorityRequest(string? Chain, string? Key)
{
    public override string ToString() => nameof(AuthorityRequest);
}

/// <summary>A private key, PEM.</summary>
public sealed record ExportedKeyView(string Name, uint Version, string Key)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{nameof(ExportedKeyView)} of {Name} {Version}");
}

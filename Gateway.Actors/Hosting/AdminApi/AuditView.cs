using Gateway.Actors.Registry;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Hosting.AdminApi;

/// <summary>One administrative act.</summary>
/// <param name="Number">Its number in the registry's record.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Who">The subject, with its issuer: <c>alice (corp)</c>.</param>
/// <param name="Address">Where the request came from.</param>
/// <param name="Node">The node that took it.</param>
/// <param name="Act">A word such as <c>connection-put</c> or <c>session-killed</c>.</param>
/// <param name="Target">What it was done to.</param>
/// <param name="Detail">What else is worth knowing.</param>
public sealed record AuditView(long Number, string At, string Who, string Address, string Node, string Act, string Target, string Detail)
{
    public static AuditView Of(long number, RegistryEvent e) => new(
        number, JournalTime.Write(e.Act.At), $"{e.Act.Who} ({e.Act.Issuer})", e.Act.Address, e.Act.NodeKey, Word(e), TargetOf(e), DetailOf(e));

    static string Word(RegistryEvent e) => e switch
    {
        ConnectionPut => "connection-put",
        ConnectionRemoved => "connection-removed",
        SecretPut => "secret-put",
        SecretRemoved => "secret-removed",
        PolicyPut => "policy-put",
        PolicyRemoved => "policy-removed",
        AccessGranted => "access-granted",
        AccessWithdrawn => "access-withdrawn",
        Revoked => "revoked",
        RevocationLifted => "revocation-lifted",
        RecordingHeld => "recording-held",
        HoldLifted => "hold-lifted",
        RecordingErased => "recording-erased",
        RecordingsExpired => "recordings-expired",
        ActRecorded recorded => Word(recorded.Kind),
        Resealed => "resealed",
        _ => CertificateActs.Word(e) ?? e.GetType().Name,
    };

    static string Word(ActKind kind) => kind switch
    {
        ActKind.SessionKilled => "session-killed",
        ActKind.RecordingRead => "recording-read",
        ActKind.NodeDrained => "node-drained",
        ActKind.LoginsRefused => "logins-refused",
        ActKind.ConnectionTested => "connection-tested",
        ActKind.CertificateIssued => "certificate-issued",
        ActKind.TokenIssued => "token-issued",
        ActKind.RecordingsSearched => "recordings-searched",
        ActKind.SessionRedriven => "session-redriven",
        ActKind.CertificateKeyExported => "certificate-key-exported",
        ActKind.AcmeKeyChanged => "acme-key-changed",
        ActKind.SealedAgain => "sealed-again",
        _ => $"act-{(byte)kind}",
    };

    static string TargetOf(RegistryEvent e) => e switch
    {
        ConnectionPut put => put.Name,
        ConnectionRemoved gone => gone.Name,
        SecretPut put => put.Name,
        SecretRemoved gone => gone.Name,
        PolicyPut put => put.Name,
        PolicyRemoved gone => gone.Name,
        AccessGranted grant => grant.GrantId,
        AccessWithdrawn gone => gone.GrantId,
        Revoked revoked => $"{revoked.Kind.Word()} {revoked.Value}",
        RevocationLifted gone => $"{gone.Kind.Word()} {gone.Value}",
        RecordingHeld held => held.SessionId,
        HoldLifted gone => gone.SessionId,
        RecordingErased erased => erased.SessionId,
        RecordingsExpired expired => expired.Connection,
        ActRecorded recorded => recorded.Target,
        Resealed again => Sealed(again),
        _ => CertificateActs.Target(e),
    };

    static string DetailOf(RegistryEvent e) => e switch
    {
        AccessGranted grant => $"{grant.Subject} on {grant.Connection ?? Labels(grant)} until {JournalTime.Write(grant.Until)}: {grant.Reason}",
        AccessWithdrawn gone => gone.Reason,
        Revoked { Until: { } until } revoked => $"until {JournalTime.Write(until)}: {revoked.Reason}",
        Revoked revoked => revoked.Reason,
        RevocationLifted gone => gone.Reason,
        RecordingHeld held => held.Reason,
        HoldLifted gone => gone.Reason,
        RecordingErased erased => erased.Reason,
        RecordingsExpired expired => $"{expired.Sessions.Count} that ended before {JournalTime.Write(expired.Before)}: {string.Join(' ', expired.Sessions)}",
        ActRecorded recorded => recorded.Detail,
        Resealed again => $"with key {ClusterKey.IdOf(again.Sealed.Span)}",
        _ => CertificateActs.Detail(e),
    };

    static string Sealed(Resealed again) => again.Kind switch
    {
        ResealedKind.Secret => $"secret {again.Name}",
        ResealedKind.Certificate => $"certificate {again.Name} {again.Number}",
        ResealedKind.Authority => $"authority {again.Number}",
        ResealedKind.Account => $"account {again.Name}",
        _ => $"next account {again.Name}",
    };

    static string Labels(AccessGranted grant) => string.Join(',', grant.Labels.Select(l => $"{l.Key}={l.Value}"));
}

/// <summary>
/// The acts asked for, oldest first, and how far the record goes: the number of its newest act, and the chain value after it (hex). Who keeps both
/// elsewhere can tell later whether anything before was cut off.
/// </summary>
public sealed record AuditPage(IReadOnlyList<AuditView> Acts, long Newest, string Head);

using static Gateway.Protocols.Journal.EventTable<Gateway.Protocols.Journal.RegistryEvent>;

namespace Gateway.Protocols.Journal;

/// <summary>
/// The table of the registry's events. A stored event is <c>content | key identifier (32 bytes) | signature (64 bytes) | chain value (32
/// bytes)</c>; this table knows the content, <see cref="RegistrySeal"/> the rest.
/// </summary>
public static class RegistryEventTable
{
    public static readonly EventTable<RegistryEvent> Table = new(
        Of<ConnectionPut>("r.connection-put.1", RegistryLayouts.WriteConnectionPut, RegistryLayouts.ReadConnectionPut),
        Of<ConnectionRemoved>("r.connection-removed.1", RegistryLayouts.WriteConnectionRemoved, RegistryLayouts.ReadConnectionRemoved),
        Of<SecretPut>("r.secret-put.1", RegistryLayouts.WriteSecretPut, RegistryLayouts.ReadSecretPut),
        Of<SecretRemoved>("r.secret-removed.1", RegistryLayouts.WriteSecretRemoved, RegistryLayouts.ReadSecretRemoved),
        Of<AccessGranted>("r.access-granted.1", AccessLayouts.WriteGranted, AccessLayouts.ReadGranted),
        Of<AccessWithdrawn>("r.access-withdrawn.1", AccessLayouts.WriteWithdrawn, AccessLayouts.ReadWithdrawn),
        Of<Revoked>("r.revoked.1", AccessLayouts.WriteRevoked, AccessLayouts.ReadRevoked),
        Of<RevocationLifted>("r.revocation-lifted.1", AccessLayouts.WriteLifted, AccessLayouts.ReadLifted),
        Of<RecordingHeld>("r.recording-held.1", RecordingActLayouts.WriteHeld, RecordingActLayouts.ReadHeld),
        Of<HoldLifted>("r.hold-lifted.1", RecordingActLayouts.WriteLifted, RecordingActLayouts.ReadLifted),
        Of<RecordingErased>("r.recording-erased.1", RecordingActLayouts.WriteErased, RecordingActLayouts.ReadErased),
        Of<RecordingsExpired>("r.recordings-expired.1", RecordingActLayouts.WriteExpired, RecordingActLayouts.ReadExpired),
        Of<ActRecorded>("r.recorded.1", RegistryLayouts.WriteRecorded, RegistryLayouts.ReadRecorded),
        Of<PolicyPut>("r.policy-put.1", PolicyLayouts.WritePut, PolicyLayouts.ReadPut),
        Of<PolicyRemoved>("r.policy-removed.1", PolicyLayouts.WriteRemoved, PolicyLayouts.ReadRemoved),
        Of<CertificatePut>("r.certificate-put.1", CertificateLayouts.WritePut, CertificateLayouts.ReadPut),
        Of<CertificateRemoved>("r.certificate-removed.1", CertificateLayouts.WriteRemoved, CertificateLayouts.ReadRemoved),
        Of<RotationOrdered>("r.rotation-ordered.1", CertificateLayouts.WriteOrdered, CertificateLayouts.ReadOrdered),
        Of<CertificateIssued>("r.certificate-issued.1", CertificateLayouts.WriteIssued, CertificateLayouts.ReadIssued),
        Of<CertificateActivated>("r.certificate-activated.1", CertificateLayouts.WriteActivated, CertificateLayouts.ReadActivated),
        Of<CertificateProven>("r.certificate-proven.1", CertificateLayouts.WriteProven, CertificateLayouts.ReadProven),
        Of<CertificateRetired>("r.certificate-retired.1", CertificateLayouts.WriteRetired, CertificateLayouts.ReadRetired),
        Of<RotationFailed>("r.rotation-failed.1", CertificateLayouts.WriteFailed, CertificateLayouts.ReadFailed),
        Of<AuthorityMade>("r.authority-made.1", CertificateLayouts.WriteMade, CertificateLayouts.ReadMade),
        Of<AuthorityStaged>("r.authority-staged.1", CertificateLayouts.WriteStaged, CertificateLayouts.ReadStaged),
        Of<AcmeAccountKept>("r.acme-account-kept.1", CertificateLayouts.WriteAccount, CertificateLayouts.ReadAccount),
        Of<Resealed>("r.resealed.1", ResealedLayout.Write, ResealedLayout.Read));
}

using System.Security.Cryptography;
using Gateway.Actors.Certificates;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Hosting.AdminApi;

/// <summary>How the record of acts tells of certificates and authorities.</summary>
public static class CertificateActs
{
    /// <summary>Null for acts about something else.</summary>
    public static string? Word(RegistryEvent e) => e switch
    {
        CertificatePut => "certificate-put",
        CertificateRemoved => "certificate-removed",
        RotationOrdered => "rotation-ordered",
        CertificateIssued => "rotation-issued",
        CertificateActivated => "rotation-activated",
        CertificateProven => "rotation-proven",
        CertificateRetired => "rotation-retired",
        RotationFailed => "rotation-failed",
        AuthorityMade => "authority-made",
        AuthorityStaged staged => $"authority-{staged.Stage.Word()}",
        AcmeAccountKept => "acme-account-kept",
        _ => null,
    };

    /// <summary>The certificate an act is about; null for acts about something else.</summary>
    public static string? NameOf(RegistryEvent e) => e switch
    {
        CertificatePut put => put.Name,
        CertificateRemoved gone => gone.Name,
        RotationOrdered ordered => ordered.Name,
        CertificateIssued issued => issued.Name,
        CertificateActivated active => active.Name,
        CertificateProven proven => proven.Name,
        CertificateRetired retired => retired.Name,
        RotationFailed failed => failed.Name,
        ActRecorded { Kind: ActKind.CertificateKeyExported } exported => exported.Target,
        _ => null,
    };

    public static string Target(RegistryEvent e) => e switch
    {
        CertificatePut put => put.Name,
        CertificateRemoved gone => gone.Name,
        RotationOrdered ordered => ordered.Name,
        CertificateIssued issued => $"{issued.Name} {issued.Version}",
        CertificateActivated active => $"{active.Name} {active.Version}",
        CertificateProven proven => $"{proven.Name} {proven.Version}",
        CertificateRetired retired => $"{retired.Name} {retired.Version}",
        RotationFailed failed => $"{failed.Name} {failed.Version}",
        AuthorityMade made => $"authority {made.Generation}",
        AuthorityStaged staged => $"authority {staged.Generation}",
        AcmeAccountKept kept => kept.Issuer,
        _ => "",
    };

    public static string Detail(RegistryEvent e) => e switch
    {
        CertificateIssued issued => Issued(issued.Chain[0]),
        CertificateActivated active => $"acknowledged by {Nodes(active.Nodes)}",
        CertificateProven proven => $"presented by {Nodes(proven.Nodes)}",
        CertificateRetired retired => retired.Reason,
        RotationFailed failed => $"attempt {failed.Attempt}, next at {JournalTime.Write(failed.NextAttempt)}: {failed.Reason}",
        AuthorityMade made => Issued(made.Chain[^1]),
        AcmeAccountKept { SealedNextKey.IsEmpty: false } kept => $"{kept.Url} is about to be given a new key",
        AcmeAccountKept { Url: { } url } => $"{url} by its key",
        AcmeAccountKept kept => $"a key for an account at {kept.Directory}",
        _ => "",
    };

    static string Nodes(IReadOnlyList<string> nodes) => nodes.Count > 0 ? string.Join(", ", nodes) : "no node";

    static string Issued(ReadOnlyMemory<byte> certificate)
    {
        try
        {
            var facts = CertificateFacts.Of(certificate);
            return $"serial {facts.Serial}, until {JournalTime.Write(UnixMicros.Of(facts.NotAfter))}";
        }
        catch (CryptographicException)
        {
            return "a certificate that cannot be read";
        }
    }
}

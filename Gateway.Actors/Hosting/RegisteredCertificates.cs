using System.Collections.Concurrent;
using Gateway.Actors.Connections;
using Gateway.Actors.Registry;
using Gateway.Protocols;

namespace Gateway.Actors.Hosting;

/// <summary>Reads the registry's declarations of certificates as a node of these options does, each revision once. Safe for use from several threads.</summary>
public sealed class RegisteredCertificates(GatewayOptions options)
{
    readonly ConnectionFiles _files = ConnectionFiles.OfRegistry(options.Registry.SecretsDirectory);
    readonly IReadOnlyCollection<string> _issuers = [.. options.Certificates.Acme.Select(issuer => issuer.Name)];
    readonly ConcurrentDictionary<string, (long Revision, CertificateProfile? Profile)> _read = new(StringComparer.Ordinal);

    /// <summary>The certificate that stands for nodes; null: none does.</summary>
    public string? NodeCertificate => options.Certificates.NodeCertificate;

    /// <summary>Why what is declared cannot stand for nodes, as a sentence for operators; null when it can, or is not declared.</summary>
    public string? NodeFault(CertificatesState declared) =>
        NodeCertificate is { } name && declared.All.TryGetValue(name, out var certificate) && Read(certificate) is { MayStandForNodes: false } profile
            ? $"Gateway:Certificates:NodeCertificate is \"{name}\": is declared with source {profile.Source.ToString().ToLowerInvariant()}, "
                + "which cannot stand for nodes; name one with source internal."
            : null;

    /// <summary>Null when this node cannot read it: a file or an ACME issuer is missing here.</summary>
    public CertificateProfile? Read(ManagedCertificate certificate)
    {
        if (_read.TryGetValue(certificate.Name, out var known) && known.Revision == certificate.Revision && known.Profile is not null) return known.Profile;
        var loaded = ConnectionsFile.Read(certificate.Document, $"registry/{certificate.Name}", _files, [], ProtocolCatalog.All, _issuers);
        var profile = loaded is { Faults.Count: 0, Certificates: [{ } read] } ? read : null;
        _read[certificate.Name] = (certificate.Revision, profile);
        return profile;
    }
}

using Gateway.Actors.Connections;
using Gateway.Actors.Hosting;

namespace Gateway.Actors.Registry;

/// <summary>What has to be done so that the registry holds the declared certificates, and what connections name of them is there. Pure.</summary>
public static class CertificatesPlan
{
    /// <param name="now">The registry.</param>
    /// <param name="loaded">The documents, without faults.</param>
    /// <param name="mode">What they may do.</param>
    /// <param name="useOf">What a registered certificate is for; null when that is not known.</param>
    /// <param name="nodeCertificate">The certificate that stands for nodes; null: none does.</param>
    public static (IReadOnlyList<ConnectionChange> Changes, IReadOnlyList<ConfigurationFault> Faults) Of(
        RegistrySnapshot now, LoadedConnections loaded, ApplyMode mode, Func<string, CertificateUse?> useOf,
        string? nodeCertificate = null)
    {
        ConnectionChange[] changes =
        [
            .. loaded.Certificates.Zip(loaded.CertificateDocuments, (profile, document) =>
                new ConnectionChange(profile.Name, now.Certificates.All.GetValueOrDefault(profile.Name)?.Document, document) { Kind = DocumentKind.Certificate })
                .OrderBy(c => c.Name, StringComparer.Ordinal),
        ];
        return (
            changes,
            [
                .. changes.SelectMany(c => c.Against(mode)),
                .. loaded.Certificates.Where(c => c.Name == nodeCertificate).SelectMany(OfNodes),
                .. loaded.Profiles.SelectMany(p => Named(p, now, loaded.Certificates, useOf)),
            ]);
    }

    static IEnumerable<ConfigurationFault> OfNodes(CertificateProfile profile)
    {
        if (profile.MayStandForNodes) yield break;
        yield return new(
            $"certificate {profile.Name} spec.source", profile.Source.ToString().ToLowerInvariant(), "cannot stand for the nodes, as this certificate does",
            "declare it with source: internal, or another certificate");
    }

    static IEnumerable<ConfigurationFault> Named(
        ConnectionProfile profile, RegistrySnapshot now, IReadOnlyList<CertificateProfile> declared, Func<string, CertificateUse?> useOf)
    {
        if (profile.ClientTls.Certificate is { } shown && Fault(shown, CertificateUse.Server, now, declared, useOf) is var (problem, remedy))
            yield return new($"connection {profile.Name} spec.tls.certificate", shown, problem, remedy);
        if (profile.Upstream.Certificate is { } own && Fault(own, CertificateUse.Client, now, declared, useOf) is var (fault, way))
            yield return new($"connection {profile.Name} spec.upstream.tls.certificate", own, fault, way);
    }

    static (string Problem, string Remedy)? Fault(
        string name, CertificateUse needed, RegistrySnapshot now, IReadOnlyList<CertificateProfile> declared, Func<string, CertificateUse?> useOf)
    {
        var known = declared.FirstOrDefault(c => c.Name == name);
        if (known is null && !now.Certificates.All.ContainsKey(name))
            return ("is no certificate that is registered", "declare it (kind: Certificate) in the same file, or before");
        return (known?.Use ?? useOf(name)) is { } given && given != needed ? ($"is not declared for {(needed == CertificateUse.Server ? "servers" : "clients")}", $"declare it with use: {(needed == CertificateUse.Server ? "server" : "client")}") : null;
    }
}

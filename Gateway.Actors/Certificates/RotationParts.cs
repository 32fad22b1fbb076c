using Gateway.Actors.Certificates.Tokens;
using Gateway.Actors.Connections;
using Gateway.Actors.Registry;
using Gateway.Protocols.Journal;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Certificates;

/// <summary>What the coordinator needs.</summary>
public sealed record RotationParts
{
    public required string NodeKey { get; init; }

    public required IRegistry Registry { get; init; }

    public required IRegistryCommands Commands { get; init; }

    /// <summary>Seals private keys.</summary>
    public required ClusterKey Key { get; init; }

    /// <summary>Where the keys of authorities are made; null: in the registry.</summary>
    public AuthorityToken? Token { get; init; }

    public required IRotationNodes Nodes { get; init; }

    /// <summary>Who issues certificates of that origin; null: nobody here.</summary>
    public required Func<CertificateOrigin, ICertificateSource?> Source { get; init; }

    /// <summary>The certificate that stands for nodes; null: none does.</summary>
    public string? NodeCertificate { get; init; }

    /// <summary>Reads a declaration; null when this node cannot.</summary>
    public required Func<ManagedCertificate, CertificateProfile?> Read { get; init; }

    /// <summary>Called after each phase that was recorded.</summary>
    public required Action<RegistryEvent> Done { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILoggerFactory Logging { get; init; }
}

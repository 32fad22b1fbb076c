using Gateway.Actors.Connections;
using Microsoft.Extensions.Configuration;

namespace Gateway.Actors.Hosting;

/// <summary>Everything operators configured for a node, and everything that is wrong with it. Use the rest only when nothing is.</summary>
public sealed record NodeConfiguration(GatewayOptions Options, IReadOnlyList<ConnectionProfile> Connections, IReadOnlyList<ConfigurationFault> Faults)
{
    /// <summary>The certificates in files that the connections file declares.</summary>
    public IReadOnlyList<CertificateProfile> Certificates { get; init; } = [];

    /// <summary>Reads settings and connections file. Reads files, opens nothing else, changes nothing.</summary>
    /// <param name="configuration">Has the section <see cref="GatewayOptions.Section"/>.</param>
    /// <param name="contentRoot">The directory that relative paths start from.</param>
    public static NodeConfiguration Read(IConfiguration configuration, string contentRoot)
    {
        var (options, faults) = GatewayOptionsCheck.Check(configuration.GetSection(GatewayOptions.Section), contentRoot);

        // Its absence is a fault of the settings already, in their words; it is told once.
        if (!File.Exists(options.ConnectionsFile)) return new(options, [], faults);
        var connections = ConnectionsFile.Load(options.ConnectionsFile, options.IssuerNames);
        connections = EngineLimits.Check(connections, Path.GetFileName(options.ConnectionsFile), options.Tls.Engine);
        return new(options, connections.Profiles, [.. faults, .. connections.Faults]) { Certificates = connections.Certificates };
    }
}

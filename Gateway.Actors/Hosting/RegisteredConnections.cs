using Gateway.Actors.Connections;
using Gateway.Actors.Registry;
using Gateway.Protocols;

namespace Gateway.Actors.Hosting;

/// <summary>Reads registered documents as a node of these options does.</summary>
public static class RegisteredConnections
{
    /// <summary>A reader of what the registry holds.</summary>
    public static Func<RegisteredConnection, LoadedConnections> Reader(GatewayOptions options)
    {
        var issuers = Issuers(options);
        var files = ConnectionFiles.OfRegistry(options.Registry.SecretsDirectory);
        return connection => EngineLimits.Check(
            ConnectionsFile.Read(connection.Document, $"registry/{connection.Name}", files, issuers, ProtocolCatalog.All),
            $"registry/{connection.Name}", options.Tls.Engine);
    }

    /// <summary>Reads what somebody wants to register.</summary>
    /// <param name="options">The node's.</param>
    /// <param name="text">The documents.</param>
    /// <param name="name">What faults call the text.</param>
    /// <param name="sent">Public files that came along, by the name the documents use.</param>
    public static LoadedConnections Read(GatewayOptions options, string text, string name, IReadOnlyDictionary<string, string> sent) =>
        EngineLimits.Check(ConnectionsFile.Read(
            text, name, ConnectionFiles.OfRegistry(options.Registry.SecretsDirectory, sent), Issuers(options), ProtocolCatalog.All,
            [.. options.Certificates.Acme.Select(issuer => issuer.Name)]), name, options.Tls.Engine);

    static IReadOnlyCollection<string> Issuers(GatewayOptions options) => [.. options.IssuerNames];
}

using Gateway.Actors.Connections;

namespace Gateway.Actors.Hosting.AdminApi;

/// <summary>Where people log in for this cluster: what <c>gateway login</c> needs to know, and nothing that is not public.</summary>
public sealed record LoginView(IReadOnlyList<LoginIssuerView> Issuers);

/// <summary>An OpenID Connect issuer that people log in to by command.</summary>
/// <param name="Name">What the cluster calls it.</param>
/// <param name="Authority">The issuer's URL.</param>
/// <param name="ClientId">The public client that the command line is there.</param>
/// <param name="Scope">What to ask for.</param>
/// <param name="Resource">RFC 8707; null where the issuer asks for none.</param>
/// <param name="Authorities">PEM: what verifies the issuer's own certificate; null: the system's authorities.</param>
public sealed record LoginIssuerView(string Name, string Authority, string ClientId, string Scope, string? Resource, string? Authorities);

/// <summary>Who asks, as their token says and this node believes.</summary>
/// <param name="Name">The subject.</param>
/// <param name="Issuer">What the cluster calls its issuer.</param>
/// <param name="Groups">Its groups.</param>
/// <param name="Roles">What these groups may do at the admin API.</param>
/// <param name="Expires">When the token stops being accepted.</param>
public sealed record CallerView(
    string Name, string Issuer, IReadOnlyList<string> Groups, IReadOnlyList<string> Roles, DateTimeOffset Expires);

/// <summary>How a connection is reached, for somebody it admits.</summary>
/// <param name="Name">The connection.</param>
/// <param name="Protocol">Its protocol, as in the connections file.</param>
/// <param name="Port">Where every node listens for it.</param>
/// <param name="ServerName">The name to ask for by SNI; null: the node's own.</param>
/// <param name="TakesToken">A token in the protocol's own login proves who the client is.</param>
/// <param name="ClientCertificate"><c>none</c>, <c>optional</c> or <c>required</c>.</param>
public sealed record ReachableConnectionView(
    string Name, string Protocol, int Port, string? ServerName, bool TakesToken, string ClientCertificate)
{
    public static ReachableConnectionView Of(ConnectionProfile profile) => new(
        profile.Name, profile.Protocol.Name, profile.Listen.Port,
        profile.ClientTls.ServerNames.FirstOrDefault(name => !name.StartsWith("*.", StringComparison.Ordinal)),
        profile.Protocol.HasLogin && profile.Access.Issuers.Count > 0, ClientLegView.Of(profile.ClientTls).ClientCertificate);
}

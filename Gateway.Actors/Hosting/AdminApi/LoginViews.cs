using System.Text.Json.Serialization;
using Gateway.Actors.Connections;
using Gateway.Actors.Identify;

namespace Gateway.Actors.Hosting.AdminApi;

/// <summary>Where people log in for this cluster: what <c>gateway login</c> needs to know, and nothing that is not public.</summary>
/// <param name="Issuers">OpenID Connect issuers.</param>
/// <param name="Saml">SAML providers.</param>
public sealed record LoginView(IReadOnlyList<LoginIssuerView> Issuers, IReadOnlyList<LoginSamlView> Saml);

/// <summary>A SAML provider that people log in at through the node.</summary>
/// <param name="Name">What the cluster calls it.</param>
/// <param name="Login">Where the browser begins.</param>
public sealed record LoginSamlView(string Name, string Login);

/// <summary>The code that a browser brought back, and the verifier that it was asked for with (RFC 7636).</summary>
public sealed record SamlRedemption(string? Code, string? Verifier)
{
    /// <summary>Characters of each.</summary>
    public const int Longest = 128;

    /// <summary>Null unless both are there.</summary>
    public SamlRedemption? Checked() => Code is { Length: > 0 and <= Longest } && Verifier is { Length: > 0 and <= Longest } ? this : null;
}

/// <summary>A token of the gateway's own.</summary>
/// <param name="AccessToken">The token.</param>
/// <param name="Expires">When it stops being accepted.</param>
public sealed record OwnTokenView(string AccessToken, DateTimeOffset Expires);

/// <summary>Where tokens of one of the gateway's own issuers are verified with (OpenID Connect Discovery section 3, as far as it applies).</summary>
public sealed record OwnIssuerView(
    [property: JsonPropertyName("issuer")] string Issuer, [property: JsonPropertyName("jwks_uri")] string KeysUri,
    [property: JsonPropertyName("id_token_signing_alg_values_supported")] IReadOnlyList<string> Algorithms);

/// <summary>A JSON Web Key Set (RFC 7517 section 5).</summary>
public sealed record OwnKeysView(IReadOnlyList<PublishedKey> Keys);

/// <summary>An OpenID Connect issuer that people log in to by command.</summary>
/// <param name="Name">What the cluster calls it.</param>
/// <param name="Authority">The issuer's URL.</param>
/// <param name="ClientId">The public client that the command line is there.</param>
/// <param name="Scope">What to ask for.</param>
/// <param name="Resource">RFC 8707; null where the issuer asks for none.</param>
/// <param name="Authorities">PEM: what verifies the issuer's own certificate; null: the system's authorities.</param>
public sealed record LoginIssuerView(string Name, string Authority, string ClientId, string Scope, string? Resource, string? Authorities);

/// <summary>Who asks, as their token or certificate says and this node believes.</summary>
/// <param name="Name">The subject.</param>
/// <param name="Issuer">What the cluster calls its issuer.</param>
/// <param name="Groups">Its groups.</param>
/// <param name="Roles">What these groups may do at the admin API.</param>
/// <param name="Expires">When the token or certificate stops being accepted; null: never.</param>
public sealed record CallerView(
    string Name, string Issuer, IReadOnlyList<string> Groups, IReadOnlyList<string> Roles, DateTimeOffset? Expires);

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

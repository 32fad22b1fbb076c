using Gateway.Protocols;
using Gateway.Protocols.Sasl;

namespace Gateway.Actors.Connections;

/// <summary>Reads how the gateway proves itself to an upstream.</summary>
sealed class UpstreamLoginReader(ConnectionFiles files)
{
    const string Password = "password";
    const string ClientSecret = "clientSecret";

    readonly SecretReader _secrets = new(files);

    public UpstreamLogin Read(YamlFields upstream, ProtocolEntry protocol)
    {
        if (!upstream.Has("login")) return UpstreamLogin.None;
        if (!protocol.HasLogin) upstream.Fault("login", $"has no use: protocol {protocol.Name} has no login", "remove it");
        var fields = upstream.Map("login", ConnectionFields.Login);
        var (userName, password, client) = (fields.Text("userName"), _secrets.Read(fields, Password), Client(fields));
        if (client is not null && password is not null) fields.Fault("oauth", "is given together with a password", "keep one of them");
        var login = new UpstreamLogin(userName ?? client?.ClientId, password) { OAuth = client, Mechanism = Mechanism(fields, protocol, client is not null) };
        if (protocol.Mechanisms.Count > 0) RequireWhole(fields);
        return login;
    }

    static SaslMechanism Mechanism(YamlFields fields, ProtocolEntry protocol, bool hasToken)
    {
        if (protocol.Mechanisms.Count == 0)
        {
            if (fields.Has("mechanism")) fields.Fault("mechanism", $"has no use: protocol {protocol.Name} leaves no choice", "remove it");
            return SaslMechanism.Plain;
        }

        if (!fields.Has("mechanism")) return hasToken ? SaslMechanism.OAuthBearer : SaslMechanism.Plain;
        var word = fields.Choice("mechanism", [.. protocol.Mechanisms.Select(known => known.Word())]);
        var mechanism = protocol.Mechanisms.First(known => known.Word() == word);
        var wantsToken = mechanism == SaslMechanism.OAuthBearer;
        fields.Require(!wantsToken || hasToken, "mechanism", "wants a token, and nothing says where from", "add oauth, or name another mechanism");
        // Some brokers take a token as PLAIN's password; none as SCRAM's.
        fields.Require(
            !hasToken || wantsToken || mechanism == SaslMechanism.Plain, "mechanism", "goes with a password, and oauth brings a token",
            $"write {SaslMechanism.OAuthBearer.Word()}");
        return mechanism;
    }

    static void RequireWhole(YamlFields fields)
    {
        if (fields.Has("oauth")) return;
        fields.Require(fields.Has("userName"), "userName", "is required", "name the gateway's user at the upstream");
        fields.Require(SecretReader.IsGiven(fields, Password), "passwordFile", "is required", "say where the password is");
    }

    OAuthClient? Client(YamlFields login)
    {
        if (!login.Has("oauth")) return null;
        var fields = login.Map("oauth", ConnectionFields.OAuth);
        var (endpoint, clientId) = (fields.RequiredText("tokenEndpoint"), fields.RequiredText("clientId"));
        var isHttps = Uri.TryCreate(endpoint, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps && address.UserInfo.Length == 0;
        fields.Require(isHttps || endpoint.Length == 0, "tokenEndpoint", "is no https address", "write https://HOST/PATH");
        var (secret, authorities) = (_secrets.Read(fields, ClientSecret), fields.Certificates("authorities", files));
        fields.Require(SecretReader.IsGiven(fields, ClientSecret), "clientSecretFile", "is required", "say where the client's secret is");
        if (!isHttps || clientId.Length == 0 || secret is null) return null;
        return new OAuthClient
        {
            TokenEndpoint = address!,
            ClientId = clientId,
            Secret = secret,
            Scope = fields.Text("scope"),
            Resource = fields.Text("resource"),
            Authorities = authorities,
        };
    }
}

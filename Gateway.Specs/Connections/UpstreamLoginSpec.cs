using Gateway.Actors.Connections;
using Gateway.Protocols;
using Gateway.Protocols.Sasl;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Connections;

public sealed class UpstreamLoginSpec : IDisposable
{
    const string OAuth = "oauth: { tokenEndpoint: 'https://idp.example/token', clientId: gw, clientSecretFile: secret }";

    readonly ConfigurationFolder _folder = new();

    public UpstreamLoginSpec() => _folder.WriteSecret("secret", "hunter2");

    [Theory]
    [InlineData("userName: gw, passwordFile: secret", SaslMechanism.Plain)]
    [InlineData("userName: gw, passwordFile: secret, mechanism: PLAIN", SaslMechanism.Plain)]
    [InlineData("userName: gw, passwordFile: secret, mechanism: SCRAM-SHA-256", SaslMechanism.ScramSha256)]
    [InlineData("userName: gw, passwordFile: secret, mechanism: SCRAM-SHA-512", SaslMechanism.ScramSha512)]
    [InlineData(OAuth, SaslMechanism.OAuthBearer)]
    [InlineData($"{OAuth}, mechanism: OAUTHBEARER", SaslMechanism.OAuthBearer)]
    [InlineData($"{OAuth}, mechanism: PLAIN", SaslMechanism.Plain)]
    public void A_login_at_kafka_is_by_the_mechanism_that_is_named_or_goes_with_what_there_is(string login, SaslMechanism mechanism)
    {
        var loaded = Load("kafka", login);

        Assert.Empty(loaded.Faults);
        Assert.Equal((mechanism, "gw"), (loaded.Profiles[0].Upstream.Login.Mechanism, loaded.Profiles[0].Upstream.Login.UserName));
    }

    [Fact]
    public void A_client_of_an_authorization_server_is_read_to_the_letter()
    {
        _folder.WriteCertificate("ca").Dispose();

        var login = Load("mqtt",
            "userName: me, oauth: { tokenEndpoint: 'https://idp.example/token', clientId: gw, clientSecretFile: secret, scope: 'read write', " +
            "resource: 'urn:broker', authorities: ca.crt }").Profiles[0].Upstream.Login;

        var client = login.OAuth!;
        Assert.Equal(("me", "https://idp.example/token", "gw"), (login.UserName, client.TokenEndpoint.AbsoluteUri, client.ClientId));
        Assert.Equal(("read write", "urn:broker", _folder.PathOf("secret")), (client.Scope, client.Resource, client.Secret.File));
        Assert.Single(client.Authorities);
    }

    [Theory]
    [InlineData("kafka", "userName: gw, passwordFile: secret, mechanism: SCRAM", "mechanism is \"SCRAM\": is not a known value; use one of PLAIN, SCRAM-SHA-256")]
    [InlineData("mqtt", "userName: gw, passwordFile: secret, mechanism: PLAIN", "mechanism is \"PLAIN\": has no use: protocol mqtt leaves no choice; remove it")]
    [InlineData("kafka", "userName: gw, passwordFile: secret, mechanism: OAUTHBEARER", "mechanism is \"OAUTHBEARER\": wants a token, and nothing says where from")]
    [InlineData("kafka", $"{OAuth}, mechanism: SCRAM-SHA-256", "mechanism is \"SCRAM-SHA-256\": goes with a password, and oauth brings a token; write OAUTHBEARER")]
    [InlineData("kafka", $"{OAuth}, passwordFile: secret", "oauth: is given together with a password; keep one of them")]
    [InlineData("kafka", "passwordFile: secret", "userName: is required; name the gateway's user at the upstream")]
    [InlineData("kafka", "userName: gw", "passwordFile: is required; say where the password is")]
    [InlineData("kafka", "oauth: { tokenEndpoint: 'http://idp.example/token', clientId: gw, clientSecretFile: secret }", "tokenEndpoint is \"http://idp.example/token\": is no https address")]
    [InlineData("kafka", "oauth: { tokenEndpoint: 'https://me:pw@idp.example/token', clientId: gw, clientSecretFile: secret }", "is no https address")]
    [InlineData("kafka", "oauth: { tokenEndpoint: 'https://idp.example/token', clientId: gw }", "clientSecretFile: is required; say where the client's secret is")]
    [InlineData("kafka", "oauth: { clientId: gw, clientSecretFile: secret }", "tokenEndpoint: is required")]
    [InlineData("kafka", "oauth: { tokenEndpoint: 'https://idp.example/token', clientId: gw, clientSecretFile: secret, grant: x }", "grant")]
    public void A_login_that_cannot_be_meant_is_refused_with_a_remedy(string protocol, string login, string told) =>
        Assert.Contains(told, Assert.Single(Load(protocol, login).Faults).ToString(), StringComparison.Ordinal);

    public void Dispose() => _folder.Dispose();

    LoadedConnections Load(string protocol, string login) => ConnectionsFile.Load(
        _folder.Write("connections.yaml", $$"""
            apiVersion: gateway/v1
            kind: Connection
            metadata: { name: streams }
            spec:
              protocol: {{protocol}}
              listen: { address: 127.0.0.1, port: 9092 }
              upstream:
                host: broker.internal
                port: 9093
                tls: {}
                login: { {{login}} }
              access: { issuers: [corp], groups: [streams] }
            """), ["corp"], ProtocolCatalog.All);
}

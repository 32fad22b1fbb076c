using Gateway.Actors.Connections;
using Gateway.Protocols;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Connections;

/// <summary>What the registry keeps of a connection's document.</summary>
public sealed class CanonicalDocumentSpec : IDisposable
{
    const string OAuth = "oauth: { tokenEndpoint: 'https://idp.example/token', clientId: gw, ";

    const string Written = """
        # comments do not count
        kind: Connection
        apiVersion: "gateway/v1"
        spec:
          upstream: { port: 8884, host: 'broker.internal', tls: { minimumVersion: "1.2", authorities: broker-ca.pem } }
          listen: { port: 8883, address: "0.0.0.0" }
          protocol: mqtt
          access:
            groups: [ "on", "a: b", plain-one, "ümlaut \"quoted\"" ]
            issuers: [corp]
          operations:
            allow: [ { resource: "sensors/#", operation: publish }, { operation: subscribe, resource: "#" } ]
            deny: []
          limits: { maxSessions: 7 }
        metadata: { labels: { zone: b, Area: a }, name: telemetry }
        """;

    const string Canonical = """
        apiVersion: gateway/v1
        kind: Connection
        metadata:
          name: telemetry
          labels:
            Area: a
            zone: b
        spec:
          protocol: mqtt
          listen:
            address: "0.0.0.0"
            port: 8883
          upstream:
            host: broker.internal
            port: 8884
            tls:
              authorities: |
        PEM
              minimumVersion: "1.2"
          access:
            issuers:
            - corp
            groups:
            - "on"
            - "a: b"
            - plain-one
            - "ümlaut \"quoted\""
          operations:
            allow:
            - operation: publish
              resource: "sensors/#"
            - operation: subscribe
              resource: "#"
            deny: []
          limits:
            maxSessions: 7

        """;

    readonly TestCertificates _authority = new();
    readonly ConfigurationFolder _folder = new();

    [Fact]
    public void Documents_that_say_the_same_are_the_same_text()
    {
        var canonical = Assert.Single(Sound(Written));

        var pem = string.Join('\n', Pem.Trim().Split('\n').Select(line => $"        {line}"));
        Assert.Equal(Canonical.ReplaceLineEndings("\n").Replace("PEM", pem, StringComparison.Ordinal), canonical);
        Assert.Equal(canonical, Assert.Single(Sound(canonical)));
    }

    [Fact]
    public void The_public_files_a_document_names_are_told_so_that_they_can_be_sent_along() => Assert.Equal(["broker-ca.pem"], NamedFiles.In(Written));

    [Theory]
    [InlineData("authorities: /etc/hostname", "is a file that did not come along")]
    [InlineData("authorities: \"-----BEGIN CERTIFICATE-----\\nnone\\n-----END CERTIFICATE-----\"", "holds no valid certificate")]
    public void A_registered_connection_reads_no_public_file_of_the_node(string authorities, string problem)
    {
        var loaded = Read(Written.Replace("authorities: broker-ca.pem", authorities, StringComparison.Ordinal), secrets: null);

        Assert.Contains(problem, Assert.Single(loaded.Faults).Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("passwordFile: /etc/shadow", false, "may not name")]
    [InlineData("passwordFile: ../outside", true, "lies outside")]
    [InlineData("passwordFile: /etc/shadow", true, "lies outside")]
    [InlineData("passwordFile: absent", true, "does not exist")]
    [InlineData("passwordEnvironment: HOME", true, "may not use")]
    [InlineData("passwordEnvironment: \"GATEWAY_SECRET_A=B\"", true, "no name of a variable")]
    [InlineData("passwordSecret: Not_A_Name", true, "lower-case")]
    [InlineData("passwordSecret: broker, passwordEnvironment: GATEWAY_SECRET_A", true, "together with")]
    [InlineData(OAuth + "clientSecretFile: /etc/shadow }", false, "may not name")]
    [InlineData(OAuth + "clientSecretFile: ../outside }", true, "lies outside")]
    [InlineData(OAuth + "clientSecretFile: /etc/shadow }", true, "lies outside")]
    [InlineData(OAuth + "clientSecretFile: absent }", true, "does not exist")]
    [InlineData(OAuth + "clientSecretEnvironment: HOME }", true, "may not use")]
    [InlineData(OAuth + "clientSecretEnvironment: \"GATEWAY_SECRET_A=B\" }", true, "no name of a variable")]
    [InlineData(OAuth + "clientSecretSecret: Not_A_Name }", true, "lower-case")]
    [InlineData(OAuth + "clientSecretSecret: broker, clientSecretEnvironment: GATEWAY_SECRET_A }", true, "together with")]
    [InlineData(OAuth + "clientSecretSecret: broker, authorities: /etc/hostname }", true, "is a file that did not come along")]
    public void A_registered_connection_cannot_have_the_node_send_what_is_not_meant_for_it(string password, bool hasDirectory, string problem)
    {
        _folder.WriteSecret("outside", "s3cret");
        Directory.CreateDirectory(_folder.PathOf("secrets"));

        var loaded = Read(WithLogin(password), hasDirectory ? _folder.PathOf("secrets") : null);

        var fault = Assert.Single(loaded.Faults);
        Assert.Contains(problem, fault.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void It_may_use_a_mounted_secret_a_variable_with_the_prefix_or_a_registered_secret()
    {
        Directory.CreateDirectory(_folder.PathOf("secrets"));
        _folder.WriteSecret("secrets/broker", "s3cret");

        Assert.Equal(_folder.PathOf("secrets/broker"), Login("passwordFile: broker").Password?.File);
        Assert.Equal("GATEWAY_SECRET_A", Login("passwordEnvironment: GATEWAY_SECRET_A").Password?.Environment);
        Assert.Equal("broker", Login("passwordSecret: broker").Password?.Registered);
        Assert.Equal(_folder.PathOf("secrets/broker"), Login(OAuth + "clientSecretFile: broker }").OAuth?.Secret.File);
        Assert.Equal("GATEWAY_SECRET_A", Login(OAuth + "clientSecretEnvironment: GATEWAY_SECRET_A }").OAuth?.Secret.Environment);
        Assert.Equal("broker", Login(OAuth + "clientSecretSecret: broker }").OAuth?.Secret.Registered);
    }

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    string Pem => _authority.Authorities[0].ExportCertificatePem() + "\n";

    static string WithLogin(string password) =>
        Written.Replace("host: 'broker.internal'", $"host: 'broker.internal', login: {{ userName: gw, {password} }}", StringComparison.Ordinal);

    UpstreamLogin Login(string password)
    {
        var loaded = Read(WithLogin(password), _folder.PathOf("secrets"));
        Assert.Empty(loaded.Faults);
        return Assert.Single(loaded.Profiles).Upstream.Login;
    }

    IReadOnlyList<string> Sound(string text)
    {
        var loaded = Read(text, secrets: null);
        Assert.Empty(loaded.Faults);
        return loaded.Documents;
    }

    LoadedConnections Read(string text, string? secrets) => ConnectionsFile.Read(
        text, "spec.yaml", ConnectionFiles.OfRegistry(secrets, new Dictionary<string, string> { ["broker-ca.pem"] = Pem.ReplaceLineEndings("\r\n") + "  " }),
        ["corp"], ProtocolCatalog.All);
}

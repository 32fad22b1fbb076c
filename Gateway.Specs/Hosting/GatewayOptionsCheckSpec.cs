using System.Text;
using Gateway.Actors.Hosting;
using Gateway.Specs.Support;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Gateway.Specs.Hosting;

public sealed class GatewayOptionsCheckSpec : IDisposable
{
    const string Provider = """
        { "Name": "corp", "EntityId": "urn:idp", "SingleSignOnUrl": "https://login.example.org/sso", "CertificatesFile": "node.crt" }
        """;

    readonly ConfigurationFolder _folder = new();

    public GatewayOptionsCheckSpec()
    {
        _folder.Write("connections.yaml", "");
        _folder.WriteCertificate("node").Dispose();
        _folder.WriteCertificate("other").Dispose();
        _folder.Write("open.key", "secret");
        _folder.WriteSecret("seal.key", "secret");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_empty_section_is_a_sound_single_node() => Assert.Empty(Check("{}").Faults);

    [Fact]
    public void Paths_start_from_the_content_root()
    {
        var options = Check("""{ "Journal": { "SealKeyFile": "seal.key" } }""").Options;

        Assert.Equal(_folder.PathOf("connections.yaml"), options.ConnectionsFile);
        Assert.Equal(_folder.PathOf("seal.key"), options.Journal.SealKeyFile);
    }

    [Fact]
    public void A_node_may_have_no_connections_file_and_serve_what_is_registered() => Assert.Empty(Check("""{ "ConnectionsFile": "" }""").Faults);

    [Fact]
    public void A_sound_configuration_is_bound_to_the_letter()
    {
        var check = Check("""
            { "Node": { "Name": "gw-1", "DrainGrace": "45s" }, "Cluster": { "Host": "10.0.0.1", "Port": 4053, "Lighthouses": ["l-0.internal:4053"] },
              "Journal": { "Provider": "postgresql", "ConnectionString": "Host=db", "SealKeyFile": "seal.key" }, "Registry": { "KeyFile": "seal.key" },
              "Certificates": { "CertificateFile": "node.crt", "KeyFile": "node.key", "ClusterAuthoritiesFile": "node.crt" },
              "Limits": { "HandshakeTimeout": "00:00:07" },
              "Issuers": [ { "Name": "corp", "Authority": "https://login.example.org", "Audience": "gateway", "Algorithms": ["ES256"] } ],
              "Admin": { "AuditorGroups": ["audit"] } }
            """);

        Assert.Empty(check.Faults);
        Assert.Equal(JournalProvider.PostgreSql, check.Options.Journal.Provider);
        Assert.Equal(TimeSpan.FromSeconds(45), check.Options.Node.DrainGrace);
        Assert.Equal(TimeSpan.FromSeconds(7), check.Options.Limits.HandshakeTimeout);
        Assert.Equal(["l-0.internal:4053"], check.Options.Cluster.Lighthouses);
        Assert.Equal("https://login.example.org", Assert.Single(check.Options.Issuers).Authority);
    }

    [Theory]
    [InlineData("""{ "Admin": { "Prot": 1 } }""", "Gateway:Admin:Prot: there is no such setting; did you mean \"Port\"?")]
    [InlineData("""{ "Admin": { "Port": "no" } }""", "Gateway:Admin:Port is \"no\": is not a whole number; correct the value")]
    [InlineData("""{ "Admin": { "Port": 65536 } }""", "Gateway:Admin:Port is \"65536\": must be between 0 and 65535; correct the value")]
    [InlineData("""{ "Admin": { "Port": { "Https": 1 } } }""", "Gateway:Admin:Port: is a section; give a single value")]
    [InlineData("""{ "Admin": "x" }""", "Gateway:Admin: is a single value; give a section with Address, Port, ClientCertificates, AuditorGroups, OperatorGroups, ViewerGroups, LoginFailures")]
    [InlineData("""{ "Admin": { "Address": "localhost" } }""",
        "Gateway:Admin:Address is \"localhost\": is not an IP address; use 127.0.0.1, 0.0.0.0 or an address of this machine")]
    [InlineData("""{ "Admin": { "AuditorGroups": ["a"] } }""",
        "Gateway:Issuers: is empty although admin groups are set; add the issuer whose tokens name those groups, or Admin:ClientCertificates")]
    [InlineData("""{ "Admin": { "ClientCertificates": { "AuthoritiesFile": "seal.key" } } }""",
        "Gateway:Admin:ClientCertificates:AuthoritiesFile is \"seal.key\": {root}/seal.key holds no valid certificate; give one or more certificates in PEM")]
    [InlineData("""{ "Admin": { "ClientCertificates": { "Revocation": "Soft" } } }""",
        "Gateway:Admin:ClientCertificates:AuthoritiesFile: is missing, so that no certificate is asked for; name the authorities (PEM), or remove the rest")]
    [InlineData("""{ "Admin": { "ClientCertificates": { "AuthoritiesFile": "node.crt", "RevocationListFile": "node.crt" } } }""",
        "Gateway:Admin:ClientCertificates:RevocationListFile is \"node.crt\": has no use while Revocation is None; set Revocation to Soft or Hard, or remove it")]
    [InlineData("""{ "Admin": { "ClientCertificates": { "AuthoritiesFile": "node.crt", "Subjects": [{ "Issuer": "CN=x" }] } } }""",
        "Gateway:Admin:ClientCertificates:Subjects:0:Take: is not a name of a certificate; use Uri, Dns, Email or CommonName")]
    [InlineData("""{ "Cluster": { "Lighthouses": "a:1" } }""", "Gateway:Cluster:Lighthouses is \"a:1\": is a single value; give a list, as in Gateway:Cluster:Lighthouses:0")]
    [InlineData("""{ "Cluster": { "Port": -1 } }""", "Gateway:Cluster:Port is \"-1\": must be between 0 and 65535; correct the value")]
    [InlineData("""{ "Cluster": { "Host": "a b" } }""",
        "Gateway:Cluster:Host is \"a b\": is neither a host name nor an address; give the address other nodes reach this one by")]
    [InlineData("""{ "Node": { "Name": "gw 1" } }""",
        "Gateway:Node:Name is \"gw 1\": must be 1 to 64 letters, digits, dashes, dots or underscores; give the node a plain name")]
    [InlineData("""{ "Node": { "DrainGrace": "30" } }""", "Gateway:Node:DrainGrace is \"30\": is not a duration; write it like 50ms, 10s, 5m, 2h or 00:00:30")]
    [InlineData("""{ "Node": { "DrainNotice": "00:10:01" } }""",
        "Gateway:Node:DrainNotice is \"00:10:01\": must be between 0s and 10m; write it like 50ms, 10s, 5m, 2h or 00:00:30")]
    [InlineData("""{ "Limits": { "LoginTimeout": "0s" } }""",
        "Gateway:Limits:LoginTimeout is \"0s\": must be longer than 0s and at most 10m; write it like 50ms, 10s, 5m, 2h or 00:00:30")]
    [InlineData("""{ "Limits": { "HandshakeTimeout": "-00:00:01" } }""",
        "Gateway:Limits:HandshakeTimeout is \"-00:00:01\": must be longer than 0s and at most 10m; write it like 50ms, 10s, 5m, 2h or 00:00:30")]
    [InlineData("""{ "Limits": { "HandshakesPerAddress": -1 } }""", "Gateway:Limits:HandshakesPerAddress is \"-1\": must be between 0 and 65536; correct the value")]
    [InlineData("""{ "Limits": { "SessionsPerSubject": 1000001 } }""", "Gateway:Limits:SessionsPerSubject is \"1000001\": must be between 0 and 1000000; correct the value")]
    [InlineData("""{ "Limits": { "BytesPerSecondPerSession": 4095 } }""", "Gateway:Limits:BytesPerSecondPerSession is \"4095\": must be 0 or between 4096 and 1000000000; correct the value; 0 sets no limit")]
    [InlineData("""{ "Limits": { "Handshakes": 0 } }""", "Gateway:Limits:Handshakes is \"0\": must be between 1 and 65536; correct the value")]
    [InlineData("""{ "Limits": { "RecordingBytesInFlight": 1 } }""",
        "Gateway:Limits:RecordingBytesInFlight is \"1\": must be between 65536 and 68719476736; correct the value")]
    [InlineData("""{ "Journal": { "Provider": "MySql" } }""", "Gateway:Journal:Provider is \"MySql\": is not a known value; use one of Sqlite, PostgreSql")]
    [InlineData("""{ "Journal": { "Provider": "PostgreSql" } }""",
        "Gateway:Journal:ConnectionString: is missing for PostgreSql; give it, or a ConnectionStringFile")]
    [InlineData("""{ "Journal": { "ConnectionString": "Data Source=x", "ConnectionStringFile": "seal.key" } }""",
        "Gateway:Journal:ConnectionString: is given together with ConnectionStringFile; keep one of them")]
    [InlineData("""{ "Journal": { "ConnectionString": "Sorce=hunter2" } }""",
        "Gateway:Journal:ConnectionString: is no connection string for Sqlite; correct it")]
    [InlineData("""{ "Journal": { "ConectionString": "Password=hunter2" } }""",
        "Gateway:Journal:ConectionString: there is no such setting; did you mean \"ConnectionString\"?")]
    [InlineData("""{ "Journal": { "SealKeyFile": "open.key" } }""",
        "Gateway:Journal:SealKeyFile is \"open.key\": {root}/open.key can be read by its group or by everybody; chmod 600 {root}/open.key")]
    [InlineData("""{ "Certificates": { "KeyFile": "node.key" } }""",
        "Gateway:Certificates:KeyFile is \"node.key\": is given without CertificateFile; give both, or neither")]
    [InlineData("""{ "Certificates": { "CertificateFile": "node.crt", "ClusterAuthoritiesFile": "node.crt" } }""",
        "Gateway:Certificates:KeyFile: is missing although CertificateFile is given; name the private key (PEM)")]
    [InlineData("""{ "Certificates": { "CertificateFile": "node.crt", "KeyFile": "node.key" } }""",
        "Gateway:Certificates:ClusterAuthoritiesFile: is missing although CertificateFile is given; name the bundle (PEM) that nodes are verified with")]
    [InlineData("""{ "Certificates": { "CertificateFile": "node.crt", "KeyFile": "other.key", "ClusterAuthoritiesFile": "node.crt" } }""",
        "Gateway:Certificates:CertificateFile is \"node.crt\": {root}/other.key is not the private key (PEM, unencrypted) of {root}/node.crt; "
        + "name the certificate and key that belong together")]
    [InlineData("""{ "Registry": { "KeyFile": "open.key" } }""",
        "Gateway:Registry:KeyFile is \"open.key\": {root}/open.key can be read by its group or by everybody; chmod 600 {root}/open.key")]
    [InlineData("""{ "Registry": { "SecretsDirectory": "nowhere" } }""",
        "Gateway:Registry:SecretsDirectory is \"nowhere\": {root}/nowhere is no directory; create it or correct the path")]
    [InlineData("""{ "Registry": { "FormerSealKeysFile": "seal.key" } }""",
        "Gateway:Registry:FormerSealKeysFile is \"seal.key\": {root}/seal.key holds no seal keys (The text holds no public key in PEM); give the public parts (PEM), one after the other")]
    [InlineData("""{ "Certificates": { "CertificateFile": "node.crt", "KeyFile": "node.key", "ClusterAuthoritiesFile": "seal.key" } }""",
        "Gateway:Certificates:ClusterAuthoritiesFile is \"seal.key\": {root}/seal.key holds no valid certificate; give one or more certificates in PEM")]
    [InlineData("""{ "Certificates": { "ClientAuthorityFile": "node.crt" } }""",
        "Gateway:Certificates:ClientAuthorityFile is \"node.crt\": is given without ClientAuthorityKeyFile; give both, or neither")]
    [InlineData("""{ "Certificates": { "ClientAuthorityFile": "node.crt", "ClientAuthorityKeyFile": "open.key" } }""",
        "Gateway:Certificates:ClientAuthorityKeyFile is \"open.key\": {root}/open.key can be read by its group or by everybody; chmod 600 {root}/open.key")]
    [InlineData("""{ "Certificates": { "ClientCertificateLifetime": "25h" } }""",
        "Gateway:Certificates:ClientCertificateLifetime is \"25h\": must be longer than 0s and at most 1d; write it like 50ms, 10s, 5m, 2h or 00:00:30")]
    [InlineData("""{ "Certificates": { "Names": [] } }""", "Gateway:Certificates:Names is \"\": is empty; name at least one host or address")]
    [InlineData("""{ "Certificates": { "NodeCertificate": "node.crt" } }""", "Gateway:Certificates:NodeCertificate is \"node.crt\": is no certificate's name; give the name of a registered certificate: lower-case letters, digits and dashes")]
    [InlineData("""{ "ConnectionsFile": "absent.yaml" }""",
        "Gateway:ConnectionsFile is \"absent.yaml\": {root}/absent.yaml does not exist; create the file or correct the path")]
    public void A_fault_names_setting_value_bound_and_remedy(string json, string message) =>
        Assert.Equal([message.Replace("{root}", _folder.Root, StringComparison.Ordinal)], Check(json).Faults.Select(f => f.ToString()));

    [Theory]
    [InlineData("""{ "Name": "" }""", "Name is \"\": must be 1 to 64 letters, digits, dashes, dots or underscores; give the issuer the name that connections use")]
    [InlineData("""{ "Authority": "http://login.example.org" }""",
        "Authority: must be an https URL without query or fragment; write it like https://login.example.org/realms/main")]
    [InlineData("""{ "Audience": " " }""", "Audience is \" \": is empty; give the aud claim that tokens for this gateway carry")]
    [InlineData("""{ "Algorithms": ["HS256"] }""",
        "Algorithms:0 is \"HS256\": is not an asymmetric signature algorithm; use some of ES256, ES384, ES512, RS256, RS384, RS512, PS256, PS384, PS512")]
    [InlineData("""{ "Algorithms": ["none"] }""",
        "Algorithms:0 is \"none\": is not an asymmetric signature algorithm; use some of ES256, ES384, ES512, RS256, RS384, RS512, PS256, PS384, PS512")]
    [InlineData("""{ "ClockSkew": "6m" }""", "ClockSkew is \"6m\": must be between 0s and 5m; write it like 50ms, 10s, 5m, 2h or 00:00:30")]
    [InlineData("""{ "CliClientId": "two words" }""",
        "CliClientId is \"two words\": must be 1 to 255 visible ASCII characters; give the id of the client that the issuer has for gateway login")]
    [InlineData("""{ "CliScope": "öffnen" }""", "CliScope is \"öffnen\": must be at most 1024 ASCII characters; write scopes like openid offline_access")]
    [InlineData("""{ "CliResource": "gateway" }""",
        "CliResource is \"gateway\": must be an absolute URI without fragment; write it as the issuer knows this gateway, like urn:gateway")]
    [InlineData("""{ "AuthoritiesFile": "absent.pem" }""",
        "AuthoritiesFile is \"absent.pem\": {root}/absent.pem does not exist; create the file or correct the path")]
    public void A_fault_of_an_issuer_names_its_place(string json, string message)
    {
        var check = Check(json, "Gateway:Issuers:0", """{ "Name": "corp", "Authority": "https://login.example.org", "Audience": "gateway" }""");

        Assert.Equal([$"Gateway:Issuers:0:{message}".Replace("{root}", _folder.Root, StringComparison.Ordinal)], check.Faults.Select(f => f.ToString()));
    }

    [Theory]
    [InlineData("""{ "PublicUrl": "https://gateway.example.org/path" }""",
        "Saml:PublicUrl is \"https://gateway.example.org/path\": must be an https URL without a path; write it like https://gateway.example.org:8443")]
    [InlineData("""{ "PublicUrl": "http://gateway.example.org" }""",
        "Saml:PublicUrl is \"http://gateway.example.org\": must be an https URL without a path; write it like https://gateway.example.org:8443")]
    [InlineData("""{ "TokenLifetime": "13h" }""",
        "Saml:TokenLifetime is \"13h\": must be longer than 0s and at most 12h; write it like 50ms, 10s, 5m, 2h or 00:00:30")]
    [InlineData("""{ "TokenKeyFile": "open.key" }""",
        "Saml:TokenKeyFile is \"open.key\": {root}/open.key can be read by its group or by everybody; chmod 600 {root}/open.key")]
    public void A_fault_of_saml_names_its_place(string json, string message)
    {
        var check = Check(json, "Gateway:Saml", $$"""{ "PublicUrl": "https://gateway.example.org", "Providers": [ {{Provider}} ] }""");

        Assert.Equal([$"Gateway:{message}".Replace("{root}", _folder.Root, StringComparison.Ordinal)], check.Faults.Select(f => f.ToString()));
    }

    [Theory]
    [InlineData("""{ "Name": "" }""", "Name is \"\": must be 1 to 64 letters, digits, dashes, dots or underscores; give the provider the name that connections use")]
    [InlineData("""{ "EntityId": "" }""", "EntityId is \"\": must have 1 to 1024 characters; take it from the provider's metadata")]
    [InlineData("""{ "SingleSignOnUrl": "http://x" }""",
        "SingleSignOnUrl: must be an https URL; take it from the provider's metadata, for the binding HTTP-Redirect")]
    [InlineData("""{ "CertificatesFile": "seal.key" }""",
        "CertificatesFile is \"seal.key\": {root}/seal.key holds no valid certificate; give one or more certificates in PEM")]
    [InlineData("""{ "GroupsAttribute": "" }""", "GroupsAttribute is \"\": is empty; name the attribute that lists groups, such as groups")]
    [InlineData("""{ "ClockSkew": "6m" }""", "ClockSkew is \"6m\": must be between 0s and 5m; write it like 50ms, 10s, 5m, 2h or 00:00:30")]
    public void A_fault_of_a_saml_provider_names_its_place(string json, string message)
    {
        var check = Check(json, "Gateway:Saml:Providers:0", Provider);

        var faults = check.Faults.Select(f => f.ToString()).Where(f => f.Contains("Providers", StringComparison.Ordinal));
        Assert.Equal([$"Gateway:Saml:Providers:0:{message}".Replace("{root}", _folder.Root, StringComparison.Ordinal)], faults);
    }

    [Fact]
    public void Two_issuers_cannot_share_a_name()
    {
        const string Issuer = """{ "Name": "corp", "Authority": "https://login.example.org", "Audience": "gateway" }""";

        var check = Check($$"""{ "Issuers": [ {{Issuer}}, {{Issuer}} ] }""");

        Assert.Equal(
            ["Gateway:Issuers:1:Name is \"corp\": is the name of another issuer; give every issuer a name of its own"], check.Faults.Select(f => f.ToString()));
    }

    [Fact]
    public void A_cluster_needs_certificates_and_shared_keys()
    {
        var check = Check("""{ "Cluster": { "Lighthouses": ["l-0.internal:4053", "nowhere"] } }""");

        Assert.Equal(
            ["Gateway:Cluster:Lighthouses:1", "Gateway:Certificates:CertificateFile", "Gateway:Journal:SealKeyFile", "Gateway:Registry:KeyFile"], check.Faults.Select(f => f.Path));
    }

    [Fact]
    public void A_lighthouse_at_an_address_of_IPv6_has_it_in_brackets()
    {
        var check = Check("""{ "Cluster": { "Lighthouses": ["[2001:db8::1]:4053", "2001:db8::1:4053"] } }""");

        Assert.Equal("is not host:port", Assert.Single(check.Faults, f => f.Path.StartsWith("Gateway:Cluster:Lighthouses", StringComparison.Ordinal)).Problem);
    }

    [Fact]
    public void Every_fault_is_reported_at_once()
    {
        var check = Check("""{ "Admin": { "Prot": 1, "Port": "x" }, "Node": { "Name": "" }, "Limits": { "Handshakes": -5 }, "ConnectionsFile": "no" }""");

        Assert.Equal(5, check.Faults.Count);
    }

    [Fact]
    public void The_environment_overrides_files_under_the_same_rules()
    {
        var check = Run(new ConfigurationBuilder()
            .AddInMemoryCollection([new("Gateway:Admin:Port", "8443")]).AddInMemoryCollection([new("gateway:admin:port", "70000")]));

        Assert.Equal(["Gateway:Admin:Port"], check.Faults.Select(f => f.Path), StringComparer.OrdinalIgnoreCase);
    }

    CheckedOptions Check(string json) => Check(json, "Gateway", "{}");

    CheckedOptions Check(string json, string at, string below)
    {
        var builder = new ConfigurationBuilder();
        foreach (var text in new[] { below, json })
        {
            var nested = at.Split(':').Reverse().Aggregate(text, (inner, key) => $$"""{ "{{key}}": {{inner}} }""");
            builder.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(nested)));
        }

        return Run(builder);
    }

    CheckedOptions Run(IConfigurationBuilder builder) => GatewayOptionsCheck.Check(builder.Build().GetSection(GatewayOptions.Section), _folder.Root);
}

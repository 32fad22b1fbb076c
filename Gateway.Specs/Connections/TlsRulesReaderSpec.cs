using System.Net.Security;
using Gateway.Actors.Connections;
using Gateway.Actors.Hosting;
using Gateway.Protocols;
using Gateway.Specs.Support;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Gateway.Specs.Connections;

public sealed class TlsRulesReaderSpec : IDisposable
{
    const string Pin = "sha256/47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

    readonly ConfigurationFolder _folder = new();
    readonly TestCertificates _people = new();

    [Fact]
    public void Rules_of_both_legs_are_read_to_the_letter()
    {
        var loaded = Load(
            $"minimumVersion: \"1.2\", suites: [TLS_AES_256_GCM_SHA384, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384], groups: [P-384, X25519], pins: [{Pin}]",
            $"signatureAlgorithms: [rsa_pss_rsae_sha512], trust: \"{string.Join(':', Enumerable.Repeat("AB", 32))}\", names: [broker.internal, 192.0.2.1]");

        Assert.Empty(loaded.Faults);
        var profile = Assert.Single(loaded.Profiles);
        Assert.Equal([TlsCipherSuite.TLS_AES_256_GCM_SHA384, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384], profile.ClientTls.Rules.Suites!);
        Assert.Equal(["P-384", "X25519"], profile.ClientTls.Rules.Groups!);
        Assert.Equal(["e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"], profile.ClientTls.Rules.Pins);
        Assert.Equal(["rsa_pss_rsae_sha512"], profile.Upstream.Rules.SignatureAlgorithms!);
        Assert.Equal(string.Concat(Enumerable.Repeat("ab", 32)), profile.Upstream.Rules.Trusted);
        Assert.Equal(["broker.internal", "192.0.2.1"], profile.Upstream.OtherNames);
    }

    [Theory]
    [InlineData("suites: [TLS_AES_128_CCM_SHA256]", "suites: \"TLS_AES_128_CCM_SHA256\" is not allowed or not known; did you mean \"TLS_AES_128_GCM_SHA256\"?")]
    [InlineData("suites: [TLS_RSA_WITH_AES_128_GCM_SHA256, TLS_AES_256_GCM_SHA384]", "\"TLS_RSA_WITH_AES_128_GCM_SHA256\" is not allowed or not known")]
    [InlineData("suites: []", "suites: allows nothing")]
    [InlineData("minimumVersion: \"1.2\", suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]", "suites: has none of TLS 1.3")]
    [InlineData("suites: [TLS_AES_256_GCM_SHA384, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]", "suites: has some of TLS 1.2, which have no use while minimumVersion is 1.3")]
    [InlineData("minimumVersion: \"1.2\", suites: [TLS_AES_256_GCM_SHA384]", "suites: has none of TLS 1.2")]
    [InlineData("groups: [P-521]", "groups: \"P-521\" is not allowed or not known")]
    [InlineData("groups: X25519", "groups is \"X25519\": must be a list")]
    [InlineData("signatureAlgorithms: [rsa_pkcs1_sha1]", "\"rsa_pkcs1_sha1\" is not allowed or not known")]
    [InlineData("pins: [sha256/short]", "pins: \"sha256/short\" is no pin")]
    [InlineData("pins: [47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=]", "is no pin")]
    [InlineData("trust: all", "trust is \"all\": is no fingerprint")]
    public void What_would_not_be_kept_is_a_fault(string field, string fault)
    {
        var (client, upstream) = (Load(field, ""), Load("", field));

        Assert.Contains(client.Faults, f => f.ToString().Contains(fault, StringComparison.Ordinal) && f.Path.Contains(" spec.tls.", StringComparison.Ordinal));
        Assert.Contains(upstream.Faults, f => f.ToString().Contains(fault, StringComparison.Ordinal) && f.Path.Contains(" spec.upstream.tls.", StringComparison.Ordinal));
    }

    [Fact]
    public void Pins_have_no_use_where_no_certificate_is_asked_for()
    {
        var loaded = Load($"pins: [{Pin}]", "", "clientCertificate: none");

        Assert.Contains("has no use while clientCertificate is none", Assert.Single(loaded.Faults).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_pattern_is_no_name_of_an_upstream() =>
        Assert.Contains("\"*.internal\" is neither", Assert.Single(Load("", "names: [\"*.internal\"]").Faults).ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("sslstream", "spec.tls.groups: cannot be kept by the engine sslstream", "spec.upstream.tls.signatureAlgorithms: cannot be kept by the engine sslstream")]
    [InlineData("openssl")]
    public void What_the_nodes_engine_cannot_keep_is_told_before_a_port_opens(string engine, params string[] faults)
    {
        _folder.Write("connections.yaml", Document("groups: [P-384]", "signatureAlgorithms: [rsa_pss_rsae_sha512]", "clientCertificate: required"));

        var read = NodeConfiguration.Read(Settings(engine), _folder.Root);

        Assert.Equal(faults.Length, read.Faults.Count);
        Assert.All(faults.Zip(read.Faults), pair => Assert.Contains(pair.Item1, pair.Item2.ToString(), StringComparison.Ordinal));
    }

    public void Dispose()
    {
        _folder.Dispose();
        _people.Dispose();
    }

    static IConfiguration Settings(string engine) =>
        new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Gateway:Tls:Engine"] = engine }).Build();

    LoadedConnections Load(string client, string upstream, string certificate = "clientCertificate: required") =>
        ConnectionsFile.Load(_folder.Write("spec.yaml", Document(client, upstream, certificate)), ["corp"], ProtocolCatalog.All);

    string Document(string client, string upstream, string certificate)
    {
        _people.WriteAuthority(_folder.PathOf("clients.crt"));
        return $$"""
            apiVersion: gateway/v1
            kind: Connection
            metadata: { name: camera }
            spec:
              protocol: {{(certificate.EndsWith("none", StringComparison.Ordinal) ? "mqtt" : "tls")}}
              listen: { port: 0 }
              tls: { {{(client.Length > 0 ? client + ", " : "")}}{{certificate}}{{(certificate.EndsWith("none", StringComparison.Ordinal) ? "" : ", clientAuthorities: clients.crt")}} }
              upstream: { host: broker.example.org, port: 1, tls: { {{upstream}} } }
              access: { subjects: [camera-17]{{(certificate.EndsWith("none", StringComparison.Ordinal) ? ", issuers: [corp]" : "")}} }
            """;
    }
}

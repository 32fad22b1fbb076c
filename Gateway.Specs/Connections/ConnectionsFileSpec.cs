using System.Net;
using System.Text.Json;
using Gateway.Actors.Connections;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Connections;

public sealed class ConnectionsFileSpec : IDisposable
{
    const string Sound = """
        apiVersion: gateway/v1
        kind: Connection
        metadata:
          name: telemetry
        spec:
          protocol: mqtt
          listen: { address: 127.0.0.1, port: 8883 }
          tls: { minimumVersion: "1.2", serverNames: [gw.example.org, "*.example.org"], clientCertificate: optional, clientAuthorities: ca.crt }
          upstream:
            host: broker.internal
            port: 8884
            tls: { serverName: broker.example.org, authorities: ca.crt, clientCertificate: ca.crt, clientKey: ca.key }
            login: { userName: gw, passwordFile: broker.password }
          access: { issuers: [corp], groups: [telemetry], subjects: [boss] }
          operations:
            allow: [ { operation: publish, resource: "sensors/#" } ]
            deny: [ { operation: "*", resource: secret } ]
          recording: { mode: strict, windowBytes: 65536, flushAfter: 20ms, compression: fast }
          limits: { maxSessions: 7, idleTimeout: 2h }
        """;

    readonly ConfigurationFolder _folder = new();

    public ConnectionsFileSpec()
    {
        _folder.WriteCertificate("ca").Dispose();
        _folder.WriteSecret("broker.password", "hunter2");
        _folder.Write("open.password", "hunter2");
        _folder.Write("not.pem", "nothing");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_sound_connection_is_read_to_the_letter()
    {
        var loaded = Load(Sound);

        Assert.Empty(loaded.Faults);
        var profile = Assert.Single(loaded.Profiles);
        Assert.Equal(("telemetry", "mqtt", new IPEndPoint(IPAddress.Loopback, 8883)), (profile.Name, profile.Protocol.Name, profile.Listen));
        Assert.Equal((true, ClientCertificateRule.Optional), (profile.ClientTls.AllowTls12, profile.ClientTls.ClientCertificate));
        Assert.Equal(["gw.example.org", "*.example.org"], profile.ClientTls.ServerNames);
        Assert.Single(profile.ClientTls.ClientAuthorities);
        var upstream = profile.Upstream;
        Assert.Equal(("broker.internal", 8884, "broker.example.org"), (upstream.Host, upstream.Port, upstream.ServerName));
        Assert.False(upstream.Plaintext || upstream.AllowTls12);
        Assert.True(upstream.ClientCertificate?.HasPrivateKey);
        Assert.Equal(new UpstreamLogin("gw", new(_folder.PathOf("broker.password"), null, null)), upstream.Login);
        Assert.Equal(["corp", "telemetry", "boss"], [.. profile.Access.Issuers, .. profile.Access.Groups, .. profile.Access.Subjects]);
        Assert.Equal([new OperationRule("publish", "sensors/#")], profile.Operations.Allow);
        Assert.Equal([new OperationRule("*", "secret")], profile.Operations.Deny);
        Assert.Equal(new RecordingRules { Strict = true, WindowBytes = 65536, FlushAfter = TimeSpan.FromMilliseconds(20), Compression = RecordingCompression.Fast }, profile.Recording);
        Assert.Equal((7, TimeSpan.FromHours(2)), (profile.MaxSessions, profile.IdleTimeout));
    }

    [Fact]
    public void What_is_left_out_is_strict_or_moderate()
    {
        var profile = Assert.Single(Load("""
            apiVersion: gateway/v1
            kind: Connection
            metadata: { name: plain }
            spec:
              protocol: mqtt
              listen: { port: 0 }
              upstream: { host: 127.0.0.1, port: 1883, plaintext: allowed }
              access: { issuers: [corp], groups: [all] }
            """).Profiles);

        Assert.Equal(new IPEndPoint(IPAddress.Any, 0), profile.Listen);
        Assert.False(profile.ClientTls.AllowTls12);
        Assert.Equal(ClientCertificateRule.None, profile.ClientTls.ClientCertificate);
        Assert.True(profile.Upstream.Plaintext);
        Assert.Equal(UpstreamLogin.None, profile.Upstream.Login);
        Assert.True(profile.Operations.AllowsEverything);
        Assert.Equal((false, 1 << 20, TimeSpan.FromMilliseconds(50)), (profile.Recording.Strict, profile.Recording.WindowBytes, profile.Recording.FlushAfter));
        Assert.Equal((1000, TimeSpan.FromMinutes(10)), (profile.MaxSessions, profile.IdleTimeout));
    }

    [Theory]
    [InlineData("mode: strict", "mode: strict, level: metadata", "connections.yaml:18:22 spec.recording.mode is \"strict\": cannot be strict: nothing of the traffic is kept; write level: full, or drop mode")]
    [InlineData("mode: strict", "mode: strict, level: ful", "connections.yaml:18:37 spec.recording.level is \"ful\": is not a known value; did you mean \"full\"?")]
    [InlineData("kind: Connection", "kind: Conection", "connections.yaml:2:7 kind is \"Conection\": is not supported; write Connection")]
    [InlineData("name: telemetry", "name: Telemetry",
        "connections.yaml:4:9 metadata.name is \"Telemetry\": must be at most 63 lower-case letters, digits and dashes; correct the name")]
    [InlineData("port: 8883 }", "port: 8883, brokers: { firstNode: 0, firstPort: 9000, count: 3 } }",
        "connections.yaml:7:54 spec.listen.brokers: has no use: protocol mqtt knows no brokers; remove it")]
    [InlineData("port: 8883 }", "port: 8883, proxyProtocol: { from: [10.0.0.1/8] } }",
        "connections.yaml:7:68 spec.listen.proxyProtocol.from: \"10.0.0.1/8\" is no network; "
        + "write it like 192.0.2.0/24, 2001:db8::/32 or 192.0.2.7, with no bit set after the prefix")]
    [InlineData("port: 8883 }", "port: 8883, proxyProtocol: { from: [] } }",
        "connections.yaml:7:68 spec.listen.proxyProtocol.from: trusts nobody; name the balancers' networks, or remove proxyProtocol")]
    [InlineData("port: 8883 }", "port: 8883, proxyProtocol: { from: [0.0.0.0/0] } }",
        "connections.yaml:7:68 spec.listen.proxyProtocol.from: trusts everybody to say who they are; name the balancers' networks only")]
    [InlineData("protocol: mqtt", "protocol: mqtts",
        "connections.yaml:6:13 spec.protocol is \"mqtts\": is not a protocol the gateway speaks; did you mean \"mqtt\"?")]
    [InlineData("protocol: mqtt", "protocol: [mqtt]", "connections.yaml:6:13 spec.protocol: must be a single value; give it a value or remove the field")]
    [InlineData("protocol: mqtt", "protcol: mqtt",
        "connections.yaml:6:3 spec.protcol: there is no such field; did you mean \"protocol\"?", "connections.yaml:6:3 spec.protocol: is required; add the field")]
    [InlineData("address: 127.0.0.1", "address: here",
        "connections.yaml:7:22 spec.listen.address is \"here\": is not an IP address; use 0.0.0.0, :: or an address of the node")]
    [InlineData("port: 8883", "port: \"8883\"", "connections.yaml:7:39 spec.listen.port is \"8883\": must be a whole number; write digits only, without quotes")]
    [InlineData("port: 8883", "port: 70000", "connections.yaml:7:39 spec.listen.port is \"70000\": must be between 0 and 65535; correct the value")]
    [InlineData("port: 8883", "port: 1, port: 2", "connections.yaml:7:42 spec.listen.port: is given twice; remove one of them")]
    [InlineData("minimumVersion: \"1.2\"", "minimumVersion: 1.1",
        "connections.yaml:8:26 spec.tls.minimumVersion is \"1.1\": is not a known value; did you mean \"1.3\"?")]
    [InlineData("clientCertificate: optional", "clientCertificate: none",
        "connections.yaml:8:125 spec.tls.clientAuthorities is \"ca.crt\": has no use while clientCertificate is none; remove it, or ask for a certificate")]
    [InlineData(", clientAuthorities: ca.crt", "",
        "connections.yaml:8:8 spec.tls.clientAuthorities: is required when client certificates are accepted; name the bundle (PEM) of authorities")]
    [InlineData("clientAuthorities: ca.crt", "clientAuthorities: not.pem",
        "connections.yaml:8:129 spec.tls.clientAuthorities is \"not.pem\": {root}/not.pem holds no valid certificate; give one or more certificates in PEM")]
    [InlineData("host: broker.internal", "host: \"\"", "connections.yaml:10:11 spec.upstream.host: has no value; give it a value or remove the field")]
    [InlineData("port: 8884", "plaintext: allowed\n    port: 8884",
        "connections.yaml:11:16 spec.upstream.plaintext is \"allowed\": is given together with tls; keep one of them")]
    [InlineData(", clientKey: ca.key", "",
        "connections.yaml:12:10 spec.upstream.tls.clientKey: is missing although clientCertificate is given; name the private key (PEM)")]
    [InlineData("passwordFile: broker.password", "passwordFile: absent",
        "connections.yaml:13:42 spec.upstream.login.passwordFile is \"absent\": {root}/absent does not exist; create the file or correct the path")]
    [InlineData("passwordFile: broker.password", "passwordFile: open.password",
        "connections.yaml:13:42 spec.upstream.login.passwordFile is \"open.password\": {root}/open.password can be read by its group or by everybody; "
        + "chmod 600 {root}/open.password")]
    [InlineData("issuers: [corp]", "issuers: [cor]", "connections.yaml:14:22 spec.access.issuers: \"cor\" is no issuer of this gateway; did you mean \"corp\"?")]
    [InlineData("groups: [telemetry], subjects: [boss]", "groups: []",
        "connections.yaml:14:38 spec.access.groups: admits nobody: groups and subjects are both empty; "
        + "name a group or a subject, or add a rule that allows; or give it labels, and leave all three to an AccessPolicy")]
    [InlineData("groups: [telemetry]", "groups: telemetry",
        "connections.yaml:14:38 spec.access.groups is \"telemetry\": must be a list; write it like [a, b]; [] is the empty list")]
    [InlineData("operation: publish", "operation: publsh",
        "connections.yaml:16:27 spec.operations.allow[0].operation is \"publsh\": is no operation of protocol mqtt; did you mean \"publish\"?")]
    [InlineData("resource: \"sensors/#\"", "resource: \"sensors/#/x\"",
        "connections.yaml:16:46 spec.operations.allow[0].resource is \"sensors/#/x\": is no resource of protocol mqtt; "
        + "write it like sensors/+/state or sensors/#")]
    [InlineData("mode: strict", "mode: loose", "connections.yaml:18:22 spec.recording.mode is \"loose\": is not a known value; use one of pipelined, strict")]
    [InlineData("flushAfter: 20ms", "flushAfter: 20", "connections.yaml:18:62 spec.recording.flushAfter is \"20\": is not a duration; "
        + "write it like 50ms, 10s, 5m, 2h or 00:00:30")]
    [InlineData("idleTimeout: 2h", "idleTimeout: 0s", "connections.yaml:19:42 spec.limits.idleTimeout is \"0s\": must be between 1s and 7d; correct the value")]
    [InlineData("idleTimeout: 2h", "kafka: { maxBatchBytes: 5000 }",
        "connections.yaml:19:36 spec.limits.kafka: has no use: the connection speaks mqtt; remove it")]
    public void A_fault_names_its_place_and_the_remedy(string sound, string wrong, params string[] messages)
    {
        var loaded = Load(Replace(Sound, sound, wrong));

        Assert.Equal(messages.Select(m => m.Replace("{root}", _folder.Root, StringComparison.Ordinal)), loaded.Faults.Select(f => f.ToString()));
        Assert.Empty(loaded.Profiles);
    }

    [Fact]
    public void What_clients_of_kafka_may_ask_for_is_read_and_left_out_is_no_limit()
    {
        var profile = Assert.Single(Load(Kafka("{ maxBatchBytes: 1024, clientIds: [billing-*, orders], produceBytesPerSecond: 16384, fetchBytesPerSecond: 2147483647 }")).Profiles);

        Assert.Equal((1024, 16_384, int.MaxValue), (profile.Kafka.MaxBatchBytes, profile.Kafka.ProduceBytesPerSecond, profile.Kafka.FetchBytesPerSecond));
        Assert.Equal(["billing-*", "orders"], profile.Kafka.ClientIds);
        Assert.Equal(KafkaLimits.None, Assert.Single(Load(Kafka("{}")).Profiles).Kafka with { ClientIds = KafkaLimits.None.ClientIds });
    }

    [Theory]
    [InlineData("maxBatchBytes: 1023", "maxBatchBytes is \"1023\": must be between 1024 and 104857600; correct the value")]
    [InlineData("maxBatchBytes: 104857601", "maxBatchBytes is \"104857601\": must be between 1024 and 104857600; correct the value")]
    [InlineData("produceBytesPerSecond: 16383", "produceBytesPerSecond is \"16383\": must be between 16384 and 2147483647; correct the value")]
    [InlineData("fetchBytesPerSecond: 0", "fetchBytesPerSecond is \"0\": must be between 16384 and 2147483647; correct the value")]
    [InlineData("clientIds: []", "clientIds: lets nobody in; name a pattern, or remove clientIds")]
    [InlineData("clientIds: [\"a\\tb\"]", "clientIds: \"a\tb\" is no pattern of names; write it like orders or orders-*")]
    [InlineData("maxBatchByte: 1024", "maxBatchByte: there is no such field; did you mean \"maxBatchBytes\"?")]
    public void What_clients_of_kafka_may_ask_for_has_its_bounds(string limits, string fault) =>
        Assert.EndsWith($"spec.limits.kafka.{fault}", Assert.Single(Load(Kafka($"{{ {limits} }}")).Faults).ToString(), StringComparison.Ordinal);

    static string Kafka(string limits) => $$"""
        apiVersion: gateway/v1
        kind: Connection
        metadata: { name: events }
        spec:
          protocol: kafka
          listen: { port: 0 }
          upstream: { host: 127.0.0.1, port: 9092, plaintext: allowed }
          access: { issuers: [corp], groups: [all] }
          limits: { kafka: {{limits}} }
        """;

    [Fact]
    public void A_protocol_without_a_login_takes_certificates_only()
    {
        var loaded = Load(Replace(Replace(Sound, "protocol: mqtt", "protocol: tls"), "clientCertificate: optional, ", "clientCertificate: none, "));

        Assert.Equal(
            ["spec.tls.clientCertificate", "spec.tls.clientAuthorities", "spec.upstream.login", "spec.access.issuers", "spec.operations.allow"],
            loaded.Faults.Select(f => f.Path.Split(' ')[1]));
    }

    [Fact]
    public void Operations_are_kept_of_protocols_that_have_some()
    {
        var operations = Replace(Sound, "mode: strict", "level: operations");
        var tls = Replace(Replace(operations, "protocol: mqtt", "protocol: tls"), "clientCertificate: optional, ", "clientCertificate: required, ");

        Assert.Equal(RecordingLevel.Operations, Assert.Single(Load(operations).Profiles).Recording.Level);
        Assert.Contains(
            "spec.recording.level is \"operations\": cannot be operations: protocol tls has none that can be read; write level: full, or metadata",
            Load(tls).Faults.Select(f => f.ToString().Split(' ', 2)[1]));
    }

    [Fact]
    public void Names_and_ports_are_unique_in_the_file()
    {
        var loaded = Load($"{Sound}\n---\n{Replace(Sound, "address: 127.0.0.1", "address: 0.0.0.0")}");

        Assert.Equal(
            [
                "connections.yaml:21:1 metadata.name is \"telemetry\": is also the name of the connection in line 1; give every connection a name of its own",
                "connections.yaml:27:37 spec.listen.port is \"8883\": is also where connection telemetry listens; choose another port or address",
            ],
            loaded.Faults.Select(f => f.ToString()));
    }

    [Fact]
    public void All_faults_of_all_documents_come_at_once_in_the_order_of_the_file()
    {
        var wrong = Replace(Replace(Replace(Sound, "name: telemetry", "nam: x"), "port: 8884", "port: no"), "mode: strict", "mode: 3");

        var loaded = Load($"{wrong}\n---\njust words\n");

        Assert.Equal(
            ["4:3", "4:3", "11:11", "18:22", "21:1"], loaded.Faults.Select(f => f.Path.Split(' ')[0]["connections.yaml:".Length..]));
    }

    [Theory]
    [InlineData("a: [", "connections.yaml:2:1: is not readable YAML: ")]
    [InlineData("a: &x 1\nb: *x", "connections.yaml:1:4: is not readable YAML: anchors and aliases are not allowed; write the value out; correct the syntax")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]", "connections.yaml:1:18: is not readable YAML: nested too deeply; correct the syntax")]
    [InlineData("", "connections.yaml:1:1: holds no connection; register at least one")]
    public void What_is_no_connection_at_all_is_refused_with_its_place(string text, string message) =>
        Assert.StartsWith(message, Assert.Single(Load(text).Faults).ToString(), StringComparison.Ordinal);

    [Fact]
    public void The_schema_names_the_fields_that_the_reader_knows()
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Repository.File("docs/connections.schema.json")));
        var spec = Properties(schema.RootElement, "spec");

        Assert.Equal(ConnectionFields.Document, Names(schema.RootElement));
        Assert.Equal(ConnectionFields.Metadata, Names(Properties(schema.RootElement, "metadata")));
        Assert.Equal(ConnectionFields.Spec, Names(spec));
        Assert.Equal(ConnectionFields.Listen, Names(Properties(spec, "listen")));
        Assert.Equal(ConnectionFields.Brokers, Names(Properties(Properties(spec, "listen"), "brokers")));
        Assert.Equal(ConnectionFields.Tls, Names(Properties(spec, "tls")));
        Assert.Equal(ConnectionFields.SubjectRule, Names(Properties(Properties(spec, "tls"), "clientSubjects").GetProperty("items")));
        Assert.Equal(ConnectionFields.Upstream, Names(Properties(spec, "upstream")));
        Assert.Equal(ConnectionFields.UpstreamTls, Names(Properties(Properties(spec, "upstream"), "tls")));
        Assert.Equal(ConnectionFields.Login, Names(Properties(Properties(spec, "upstream"), "login")));
        Assert.Equal(ConnectionFields.OAuth, Names(Properties(Properties(Properties(spec, "upstream"), "login"), "oauth")));
        Assert.Equal(ConnectionFields.Access, Names(Properties(spec, "access")));
        var rule = Properties(Properties(spec, "access"), "rules").GetProperty("items");
        Assert.Equal(ConnectionFields.AccessRule, Names(rule));
        Assert.Equal(ConnectionFields.AccessHours, Names(Properties(rule, "hours")));
        Assert.Equal(ConnectionFields.Operations, Names(Properties(spec, "operations")));
        Assert.Equal(ConnectionFields.Operation, Names(Properties(Properties(spec, "operations"), "allow").GetProperty("items")));
        Assert.Equal(ConnectionFields.Masking, Names(Properties(spec, "masking")));
        Assert.Equal(ConnectionFields.MaskingKey, Names(Properties(Properties(spec, "masking"), "key")));
        Assert.Equal(ConnectionFields.SchemaRegistry, Names(Properties(Properties(spec, "masking"), "schemaRegistry")));
        Assert.Equal(ConnectionFields.MaskingRule, Names(Properties(Properties(spec, "masking"), "rules").GetProperty("items")));
        Assert.Equal(ConnectionFields.Recording, Names(Properties(spec, "recording")));
        Assert.Equal(ConnectionFields.Limits, Names(Properties(spec, "limits")));
        Assert.Equal(ConnectionFields.Anomalies, Names(Properties(spec, "anomalies")));
        var usual = Properties(Properties(spec, "anomalies"), "rules").GetProperty("items");
        Assert.Equal(ConnectionFields.AnomalyRule, Names(usual));
        Assert.Equal(ConnectionFields.AccessHours, Names(Properties(usual, "hours").GetProperty("items")));
        Assert.Equal(ConnectionFields.Place, Names(Properties(usual, "places").GetProperty("items")));
        Assert.Equal(ConnectionFields.KafkaLimits, Names(Properties(Properties(spec, "limits"), "kafka")));
    }

    [Fact]
    public void The_schema_of_certificates_names_the_fields_that_the_reader_knows()
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Repository.File("docs/certificates.schema.json")));

        Assert.Equal(ConnectionFields.Document, Names(schema.RootElement));
        Assert.Equal(CertificateFields.Metadata, Names(Properties(schema.RootElement, "metadata")));
        Assert.Equal(CertificateFields.Spec, Names(Properties(schema.RootElement, "spec")));
    }

    [Fact]
    public void The_published_example_is_sound()
    {
        _folder.WriteCertificate("broker-ca").Dispose();
        _folder.WriteCertificate("camera-ca").Dispose();
        File.Copy(_folder.PathOf("broker-ca.crt"), _folder.PathOf("broker-ca.pem"));
        File.Copy(_folder.PathOf("camera-ca.crt"), _folder.PathOf("camera-ca.pem"));

        var loaded = Load(File.ReadAllText(Repository.File("docs/examples/connections.yaml")));

        Assert.Empty(loaded.Faults);
        Assert.Equal(["telemetry", "camera"], loaded.Profiles.Select(p => p.Name));
    }

    LoadedConnections Load(string text) => ConnectionsFile.Load(_folder.Write("connections.yaml", text), ["corp"], ProtocolCatalog.All);

    static string Replace(string text, string part, string by)
    {
        Assert.Contains(part, text, StringComparison.Ordinal);
        var at = text.IndexOf(part, StringComparison.Ordinal);
        return text[..at] + by + text[(at + part.Length)..];
    }

    static JsonElement Properties(JsonElement schema, string name) => schema.GetProperty("properties").GetProperty(name);

    static IEnumerable<string> Names(JsonElement schema) => schema.GetProperty("properties").EnumerateObject().Select(p => p.Name);
}

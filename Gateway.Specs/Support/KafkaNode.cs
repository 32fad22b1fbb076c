using Confluent.Kafka;
using Gateway.Actors.Hosting;

namespace Gateway.Specs.Support;

/// <summary>Brokers behind a connection.</summary>
interface IKafkaBrokers
{
    /// <summary>Where the first of them listens.</summary>
    int Port { get; }

    /// <summary>What the gateway logs in with.</summary>
    string Password { get; }
}

/// <summary>A node with one connection, <c>events</c>: Kafka for tokens of the issuer "main" with the group streams.</summary>
static class KafkaNode
{
    static readonly string[] s_groups = ["streams"];

    /// <summary>A token that is let in.</summary>
    public static string Token(FakeIssuer issuer) => issuer.Mint(new TokenContent { Groups = s_groups });

    public static Task<TestNode> StartAsync(
        TestCertificates upstreams, IKafkaBrokers cluster, IssuerOptions issuer, string operations = "{}", string listen = "port: 0", string? password = null,
        string recording = "{}", string masking = "", string? login = null, string limits = "{}", IReadOnlyDictionary<string, string?>? settings = null,
        string access = "issuers: [main], groups: [streams]", IReadOnlyDictionary<string, string>? secrets = null)
    {
        var folder = new ConfigurationFolder();
        upstreams.WriteAuthority(folder.PathOf("upstream.crt"));
        folder.WriteSecret("broker.password", password ?? cluster.Password);
        foreach (var (name, secret) in secrets ?? new Dictionary<string, string>()) folder.WriteSecret(name, secret);
        return TestNode.StartAsync(folder, $$"""
            apiVersion: gateway/v1
            kind: Connection
            metadata: { name: events }
            spec:
              protocol: kafka
              listen: { address: 127.0.0.1, {{listen}} }
              tls: { minimumVersion: "1.2" }
              upstream:
                host: 127.0.0.1
                port: {{cluster.Port}}
                tls: { serverName: localhost, authorities: upstream.crt }
                login: {{login ?? $"{{ userName: {KafkaCluster.UserName}, passwordFile: broker.password }}"}}
              access: { {{access}} }
              operations: {{operations}}
              recording: {{recording}}
              limits: {{limits}}
              {{(masking.Length > 0 ? $"masking: {masking}" : "")}}
            """, settings, issuer);
    }

    /// <summary>What a client of librdkafka needs to come in with a token as its password.</summary>
    public static T ByPassword<T>(TestNode node, string token)
        where T : ClientConfig, new() => new()
        {
            BootstrapServers = $"localhost:{node.Address("events").Port}",
            SecurityProtocol = SecurityProtocol.SaslSsl,
            SslCaLocation = node.AuthorityFile,
            SaslMechanism = SaslMechanism.Plain,
            SaslUsername = "anybody",
            SaslPassword = token,
            BrokerAddressFamily = BrokerAddressFamily.V4,
        };
}

using Gateway.Protocols.Sasl;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>
/// Clients that share no code with librdkafka, as they are: kafka-python, which logs in without headers (SaslHandshake v0) and finds out what a
/// broker can by trying, and kafkajs.
/// </summary>
public sealed class EveryKafkaClientSpec : IssuedSpec
{
    const int Messages = 200;

    /// <summary>Debian's own, which alone has Debian's modules.</summary>
    const string Python = "/usr/bin/python3";

    const string Password = "correct horse battery";

    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [RequiresTheory(Python, "python3-kafka", "python3-lz4", "python3-snappy")]
    [InlineData("PLAIN", "none")]
    [InlineData("PLAIN", "gzip")]
    [InlineData("PLAIN", "snappy")]
    [InlineData("PLAIN", "lz4")]
    [InlineData("OAUTHBEARER", "none")]
    [InlineData("SCRAM-SHA-256", "none")]
    [InlineData("SCRAM-SHA-512", "none")]
    public async Task Kafka_python_produces_and_consumes_in_a_group(string mechanism, string codec)
    {
        await using var cluster = new KafkaCluster(Upstreams.Server());
        await using var node = await StartAsync(cluster);

        var run = await Tool.RunAsync(s_patience, Python, [Repository.File("Gateway.Specs/Python/kafka_client.py"), .. Arguments(node, mechanism), codec]);

        AssertConsumed(run);
    }

    [RequiresTheory("node", "npm")]
    [InlineData("plain")]
    [InlineData("oauthbearer")]
    [InlineData("scram-sha-256")]
    [InlineData("scram-sha-512")]
    public async Task Kafkajs_produces_and_consumes_in_a_group(string mechanism)
    {
        await using var cluster = new KafkaCluster(Upstreams.Server());
        await using var node = await StartAsync(cluster);

        AssertConsumed(await NpmPackages.RunAsync(s_patience, "kafka-client.cjs", Arguments(node, mechanism)));
    }

    static void AssertConsumed(ToolRun run)
    {
        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Equal(KafkaClients.Values(Messages), run.Result.Trim().Split('\n').Order(StringComparer.Ordinal));
    }

    string[] Arguments(TestNode node, string mechanism) =>
    [
        $"localhost:{node.Address("events").Port}", node.AuthorityFile, mechanism,
        mechanism.StartsWith("scram", StringComparison.OrdinalIgnoreCase) ? Password : KafkaNode.Token(Issuer), "orders", $"{Messages}",
    ];

    async Task<TestNode> StartAsync(KafkaCluster cluster)
    {
        cluster.Mock.CreateTopic("orders", 2);
        var verifier = string.Join('\n', ScramVerifier.All.Select(mechanism => ScramVerifier.Of(mechanism, Password, "salt of sixteen."u8, 4096).Write()));
        return await KafkaNode.StartAsync(
            Upstreams, cluster, Issuer.Options("main"), secrets: new Dictionary<string, string> { ["billing.scram"] = verifier },
            access: "issuers: [main], groups: [streams], accounts: [{ name: billing, groups: [streams], verifierFile: billing.scram }]");
    }
}

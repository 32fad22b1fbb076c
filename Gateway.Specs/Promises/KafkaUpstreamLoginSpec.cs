using System.Text;
using Confluent.Kafka;
using Gateway.Actors.Record;
using Gateway.Protocols;
using Gateway.Specs.Support;
using Microsoft.IdentityModel.JsonWebTokens;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>How the gateway proves itself to Kafka's brokers, and stays logged in where they let a login last a while only.</summary>
public sealed class KafkaUpstreamLoginSpec : IssuedSpec
{
    const int Messages = 50;
    const string Login = $"userName: {KafkaCluster.UserName}, passwordFile: broker.password";

    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("SCRAM-SHA-256")]
    [InlineData("SCRAM-SHA-512")]
    public async Task The_gateway_logs_in_by_SCRAM_and_its_password_is_not_even_on_the_wire(string mechanism)
    {
        await using var cluster = new KafkaCluster(Upstreams.Server(), rules: new KafkaLoginRules(mechanism));
        await using var node = await StartAsync(cluster, $"{{ {Login}, mechanism: {mechanism} }}");

        await StreamsAsync(cluster, node);

        Assert.False(cluster.Got(cluster.Password));
    }

    [Theory]
    [InlineData("PLAIN", "mechanism: SCRAM-SHA-512", "the upstream takes no SCRAM-SHA-512, but PLAIN")]
    [InlineData("SCRAM-SHA-256", "mechanism: SCRAM-SHA-256", "refused the gateway's login with error 58")]
    public async Task A_login_that_a_broker_does_not_take_is_refused_by_name(string brokers, string mechanism, string told)
    {
        await using var cluster = new KafkaCluster(Upstreams.Server(), rules: new KafkaLoginRules(brokers));
        await using var node = await StartAsync(cluster, $"{{ {Login}, {mechanism} }}", password: "another");
        using var admin = new AdminClientBuilder(KafkaNode.ByPassword<AdminClientConfig>(node, KafkaNode.Token(Issuer))).Build();

        Assert.Throws<KafkaException>(() => admin.GetMetadata(TimeSpan.FromSeconds(5)));

        await RefusedAsync(node, Refusal.UpstreamCredentialsRefused, told);
    }

    [RequiresFact("node", "npm")]
    public async Task The_gateway_logs_in_by_a_token_of_an_authorization_server_which_one_question_brings_for_all_sessions()
    {
        await using var provider = await OidcProvider.StartAsync(TimeSpan.FromMinutes(10));
        var tokens = new HashSet<string>();
        bool IsToken(string text)
        {
            var token = new JsonWebToken(text);
            lock (tokens) tokens.Add(text);
            return token.Issuer == provider.Url && token.Audiences.Contains("urn:gateway") && token.ValidTo > TimeProvider.System.GetUtcNow();
        }

        await using var cluster = new KafkaCluster(Upstreams.Server(), rules: new KafkaLoginRules("OAUTHBEARER") { IsToken = IsToken });
        await using var node = await StartAsync(cluster, OAuth(provider), password: OidcProvider.ServiceSecret);

        await StreamsAsync(cluster, node);

        Assert.Single(tokens);
        Assert.False(cluster.Got(OidcProvider.ServiceSecret));
    }

    [RequiresFact("node", "npm")]
    public async Task A_token_that_an_authorization_server_does_not_give_is_refused_by_its_own_word()
    {
        await using var provider = await OidcProvider.StartAsync(TimeSpan.FromMinutes(10));
        await using var cluster = new KafkaCluster(Upstreams.Server(), rules: new KafkaLoginRules("OAUTHBEARER"));
        await using var node = await StartAsync(cluster, OAuth(provider), password: "another secret");
        using var admin = new AdminClientBuilder(KafkaNode.ByPassword<AdminClientConfig>(node, KafkaNode.Token(Issuer))).Build();

        Assert.Throws<KafkaException>(() => admin.GetMetadata(TimeSpan.FromSeconds(5)));

        await RefusedAsync(node, Refusal.UpstreamSecretUnavailable, "the upstream's token: localhost gives none: invalid_client");
    }

    [Theory]
    [InlineData("PLAIN")]
    [InlineData("SCRAM-SHA-256")]
    public async Task Before_a_brokers_limit_the_gateway_logs_in_again_and_no_client_notices(string mechanism)
    {
        await using var cluster = new KafkaCluster(Upstreams.Server(), rules: new KafkaLoginRules(mechanism) { Lasts = TimeSpan.FromSeconds(6) });
        await using var node = await StartAsync(cluster, $"{{ {Login}, mechanism: {mechanism} }}");
        cluster.Mock.CreateTopic("orders", 1);
        var token = KafkaNode.Token(Issuer);
        var sent = new List<string>();
        using (var producer = new ProducerBuilder<string, string>(KafkaNode.ByPassword<ProducerConfig>(node, token)).Build())
        {
            await ProduceAsync(producer, sent);
            using var late = new CancellationTokenSource(s_patience);
            while (cluster.Logins.Max() < 3) await ProduceAsync(producer, sent, late.Token);
        }

        var consumed = await KafkaClients.ConsumeAsync(KafkaNode.ByPassword<ConsumerConfig>(node, token), "orders", sent.Count, inGroup: false);
        Assert.Equal(sent, consumed);
        SessionRow row = null!;
        await Eventually.AssertAsync(async () =>
        {
            var ended = await node.Archive.ListAsync(new SessionFilter { Open = false }, CancellationToken.None);
            row = Assert.Single(ended, session => session.Closing!.ToUpstreamBytes > sent.Count * 100);
        });
        Assert.Equal(Refusal.None, row.Closing!.Refusal);
        var recorded = await node.ReplayAsync(row.SessionId, Direction.ToUpstream);
        Assert.Equal(sent.Count, Count(recorded, "value-"));
        Assert.Equal(0, Count(recorded, cluster.Password));
        // The client's own word for how it logs in.
        Assert.Equal(mechanism == "PLAIN" ? 1 : 0, Count(recorded, mechanism));
    }

    static async Task ProduceAsync(IProducer<string, string> producer, List<string> sent, CancellationToken cancel = default)
    {
        var value = $"value-{sent.Count:D6} {new string('x', 100)}";
        await producer.ProduceAsync("orders", new Message<string, string> { Key = "key", Value = value }, cancel);
        sent.Add(value);
    }

    static Task RefusedAsync(TestNode node, Refusal refusal, string told) => Eventually.AssertAsync(async () =>
    {
        var ended = await node.Archive.ListAsync(new SessionFilter { Open = false }, CancellationToken.None);
        // The client tries again and again, and may leave in the middle of it.
        Assert.Contains(ended, session => session.Closing!.Refusal == refusal && session.Closing.Detail!.Contains(told, StringComparison.Ordinal));
    });

    static int Count(byte[] bytes, string text)
    {
        var (count, sought) = (0, Encoding.UTF8.GetBytes(text));
        for (var at = bytes.AsSpan().IndexOf(sought); at >= 0; count++)
        {
            var next = bytes.AsSpan(at + 1).IndexOf(sought);
            at = next < 0 ? next : at + 1 + next;
        }

        return count;
    }

    async Task StreamsAsync(KafkaCluster cluster, TestNode node)
    {
        cluster.Mock.CreateTopic("orders", 1);
        var token = KafkaNode.Token(Issuer);
        await KafkaClients.ProduceAsync(KafkaNode.ByPassword<ProducerConfig>(node, token), "orders", Messages);
        var consumed = await KafkaClients.ConsumeAsync(KafkaNode.ByPassword<ConsumerConfig>(node, token), "orders", Messages, inGroup: false);
        Assert.Equal(KafkaClients.Values(Messages), consumed.Order(StringComparer.Ordinal));
    }

    Task<TestNode> StartAsync(KafkaCluster cluster, string login, string? password = null) =>
        KafkaNode.StartAsync(Upstreams, cluster, Issuer.Options("main"), login: login, password: password);

    static string OAuth(OidcProvider provider) =>
        $"{{ oauth: {{ tokenEndpoint: '{provider.Url}/token', clientId: meter, clientSecretFile: broker.password, resource: 'urn:gateway', " +
        $"authorities: '{provider.AuthoritiesFile}' }} }}";
}

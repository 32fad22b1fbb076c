using System.Text;
using Confluent.Kafka;
using Gateway.Actors.Record;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Protocols.Sasl;
using Gateway.Specs.Support;
using Xunit;
using SaslMechanism = Gateway.Protocols.Sasl.SaslMechanism;

namespace Gateway.Specs.Promises;

/// <summary>Service accounts come in by SCRAM: their password is on no wire, and the gateway does not have it.</summary>
public sealed class KafkaAccountsSpec : IssuedSpec
{
    const int Messages = 50;
    const string Password = "correct horse battery";
    /// <summary>The log's event that tells that somebody proved itself anew.</summary>
    const int Renewed = 108;

    const string AccountsIssuer = "gateway:accounts";
    const string Access = "issuers: [main], groups: [streams], accounts: [{ name: billing, groups: [streams], verifierFile: billing.scram }]";

    static readonly string[] s_all = ["auditors", "operators"];

    static readonly string s_verifier = string.Join('\n', ScramVerifier.All.Select(
        mechanism => ScramVerifier.Of(mechanism, Password, "salt of sixteen."u8, ScramVerifier.UsualIterations).Write()));

    [Theory]
    [InlineData(SaslMechanism.ScramSha256)]
    [InlineData(SaslMechanism.ScramSha512)]
    public async Task An_account_streams_as_a_subject_like_any_other_and_its_recordings_hold_nothing_to_guess_its_password_from(SaslMechanism mechanism)
    {
        await using var cluster = new KafkaCluster(Upstreams.Server());
        await using var node = await StartAsync(cluster);
        cluster.Mock.CreateTopic("orders", 1);

        await KafkaClients.ProduceAsync(Config<ProducerConfig>(node, mechanism: mechanism), "orders", Messages);
        var consumed = await KafkaClients.ConsumeAsync(Config<ConsumerConfig>(node, mechanism: mechanism), "orders", Messages, inGroup: true);

        Assert.Equal(KafkaClients.Values(Messages), consumed.Order(StringComparer.Ordinal));
        var row = await EndedAsync(node, session => session.Closing!.ToClientBytes > 2000);
        var events = await EventsAsync(node, row.SessionId);
        var opened = Assert.Single(events.OfType<SessionOpened>());
        Assert.Equal(("billing", AccountsIssuer, "streams"), (opened.Subject, opened.Issuer, string.Join(' ', opened.Groups)));
        Assert.Equal("access.groups", Assert.Single(events.OfType<AccessConfirmed>()).Rule);
        var said = Encoding.Latin1.GetString(await node.ReplayAsync(row.SessionId, Direction.ToUpstream));
        var heard = Encoding.Latin1.GetString(await node.ReplayAsync(row.SessionId, Direction.ToClient));
        Assert.Contains(mechanism.Word(), said, StringComparison.Ordinal);
        foreach (var secret in new[] { Password, "n=billing", ",p=" }) Assert.DoesNotContain(secret, said, StringComparison.Ordinal);
        foreach (var secret in new[] { "i=16384", ",s=", "v=" }) Assert.DoesNotContain(secret, heard, StringComparison.Ordinal);
        Assert.False(cluster.Got("billing"));
    }

    [RequiresFact("kcat")]
    public async Task Kcat_comes_in_by_SCRAM()
    {
        await using var cluster = new KafkaCluster(Upstreams.Server());
        await using var node = await StartAsync(cluster);
        cluster.Mock.CreateTopic("orders", 1);

        var listed = await Tool.RunAsync("kcat",
        [
            "-b", $"localhost:{node.Address("events").Port}", "-X", "security.protocol=sasl_ssl", "-X", $"ssl.ca.location={node.AuthorityFile}", "-X",
            "sasl.mechanism=SCRAM-SHA-512", "-X", "sasl.username=billing", "-X", $"sasl.password={Password}", "-X", "broker.address.family=v4", "-L", "-t", "orders",
        ]);

        Assert.True(listed.Output.Contains("topic \"orders\" with 1 partitions", StringComparison.Ordinal), listed.Output);
    }

    [Theory]
    [InlineData("billing", "another password", Refusal.ProofInvalid, "SCRAM-SHA-256: the client does not know the password of its account")]
    [InlineData("nobody", Password, Refusal.AccountUnknown, "connection events has no account nobody")]
    public async Task A_wrong_password_and_an_unknown_account_are_told_apart_by_the_record_alone(string name, string password, Refusal refusal, string detail)
    {
        await using var cluster = new KafkaCluster(Upstreams.Server());
        await using var node = await StartAsync(cluster);

        var told = await RefusedAsync(Config<ProducerConfig>(node, name, password));

        Assert.Contains("refused by the gateway: not-authorized", told, StringComparison.Ordinal);
        // The client tries again, and may have left in the midst of that.
        var row = await EndedAsync(node, session => session.Closing!.Refusal is Refusal.ProofInvalid or Refusal.AccountUnknown);
        Assert.Equal((refusal, detail), (row.Closing!.Refusal, row.Closing.Detail));
        Assert.Equal([1], cluster.Connections);
    }

    [Fact]
    public async Task A_password_that_is_made_up_by_the_command_is_good_until_the_secret_is_removed_and_a_revoked_account_is_out_at_once()
    {
        await using var cluster = new KafkaCluster(Upstreams.Server());
        await using var node = await StartAsync(cluster, "groups: [streams], accounts: [{ name: billing, groups: [streams], verifierSecret: billing }]");
        cluster.Mock.CreateTopic("orders", 1);
        using var user = new UserCommands(node);
        user.Variables["GATEWAY_TOKEN"] = Issuer.Mint(new TokenContent { Groups = s_all });

        var made = await user.RunAsync("secrets", "scram", "billing", "--generate");
        Assert.True(made.Code == 0, made.All);
        var password = made.Output.Split("password: ")[1].Trim();
        await KafkaClients.ProduceAsync(Config<ProducerConfig>(node, password: password), "orders", Messages);
        using var consumer = new ConsumerBuilder<string, string>(Grouped(Config<ConsumerConfig>(node, password: password))).Build();
        consumer.Assign(new TopicPartitionOffset("orders", 0, Offset.Beginning));
        Assert.NotNull(consumer.Consume(TimeSpan.FromSeconds(20)));
        var revoked = await user.RunAsync("revoke", "subject", "billing", "--issuer", AccountsIssuer, "--reason", "lost");
        Assert.True(revoked.Code == 0, revoked.All);
        await EndedAsync(node, session => session.Closing!.Refusal == Refusal.IdentityRevoked && session.Subject == "billing");
        Assert.Equal(0, (await user.RunAsync("revoke", "subject", "billing", "--issuer", AccountsIssuer, "--lift", "--reason", "found")).Code);
        Assert.Equal(0, (await user.RunAsync("secrets", "remove", "billing")).Code);

        await Eventually.AssertAsync(async () =>
        {
            // What is known of verifiers is a second old at most.
            using (var admin = new AdminClientBuilder(Config<AdminClientConfig>(node, password: password)).Build())
                Xunit.Record.Exception(() => admin.GetMetadata(TimeSpan.FromSeconds(1)));
            var ended = await node.Archive.ListAsync(new SessionFilter { Open = false }, CancellationToken.None);
            Assert.Contains(ended, s => s.Closing!.Refusal == Refusal.AccountUnknown
                && s.Closing.Detail!.Contains("account billing: there is no registered secret billing", StringComparison.Ordinal));
        });
    }

    [Fact]
    public async Task A_login_that_lasts_a_while_only_is_renewed_on_the_live_connection_and_nothing_of_that_is_in_the_recording()
    {
        await using var cluster = new KafkaCluster(Upstreams.Server());
        await using var node = await StartAsync(cluster, $"{Access}, accountsLast: 10s");
        cluster.Mock.CreateTopic("orders", 1);
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var config = Config<ProducerConfig>(node);
        config.MessageSendMaxRetries = 0;
        var renewed = "";
        using (var producer = new ProducerBuilder<string, string>(config).Build())
        {
            while (renewed.Length == 0)
            {
                await producer.ProduceAsync("orders", new Message<string, string> { Key = "key", Value = "value" }, late.Token);
                if (node.Log.Lines.Any(line => line.Event == Renewed)) renewed = "the session";
            }

            await producer.ProduceAsync("orders", new Message<string, string> { Key = "key", Value = "value" }, late.Token);
        }

        var row = await EndedAsync(node, session => session.Closing!.ToUpstreamBytes > 1000);
        Assert.Equal(Refusal.None, row.Closing!.Refusal);
        Assert.Contains((await EventsAsync(node, row.SessionId)).OfType<AccessConfirmed>(), confirmed => confirmed.Renewed);
        var heard = Encoding.Latin1.GetString(await node.ReplayAsync(row.SessionId, Direction.ToClient));
        foreach (var secret in new[] { "i=16384", ",s=", "v=" }) Assert.DoesNotContain(secret, heard, StringComparison.Ordinal);
    }

    /// <summary>A session that matches, once it has ended; a client has several.</summary>
    static async Task<SessionRow> EndedAsync(TestNode node, Func<SessionRow, bool> matches)
    {
        SessionRow? row = null;
        await Eventually.AssertAsync(async () =>
        {
            row = (await node.Archive.ListAsync(new SessionFilter { Open = false }, CancellationToken.None)).FirstOrDefault(matches);
            Assert.NotNull(row);
        });
        return row!;
    }

    static ConsumerConfig Grouped(ConsumerConfig config)
    {
        config.GroupId = "revoked";
        return config;
    }

    static async Task<string> RefusedAsync(ProducerConfig config)
    {
        var refused = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var producer = new ProducerBuilder<Null, string>(config)
            .SetErrorHandler((_, error) =>
            {
                if (error.Code == ErrorCode.Local_Authentication) refused.TrySetResult(error.Reason);
            }).Build();
        producer.Produce("orders", new Message<Null, string> { Value = "never" });
        return await refused.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    static async Task<List<object>> EventsAsync(TestNode node, string session)
    {
        var events = new List<object>();
        await foreach (var e in node.Archive.ReadAsync(session, CancellationToken.None)) events.Add(new StoredEvent(e.Manifest, e.Bytes.ToArray()).Decode());
        return events;
    }

    static T Config<T>(TestNode node, string name = "billing", string password = Password, SaslMechanism mechanism = SaslMechanism.ScramSha256)
        where T : ClientConfig, new()
    {
        var config = KafkaNode.ByPassword<T>(node, password);
        config.SaslMechanism = mechanism == SaslMechanism.ScramSha512 ? Confluent.Kafka.SaslMechanism.ScramSha512 : Confluent.Kafka.SaslMechanism.ScramSha256;
        config.SaslUsername = name;
        return config;
    }

    Task<TestNode> StartAsync(KafkaCluster cluster, string access = Access) => KafkaNode.StartAsync(
        Upstreams, cluster, Issuer.Options("main"), access: access, secrets: new Dictionary<string, string> { ["billing.scram"] = s_verifier });
}

using System.Text;
using Confluent.Kafka;
using Gateway.Actors.Record;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>Real Kafka clients and librdkafka's brokers, with a gateway in between.</summary>
public sealed class KafkaSpec : IssuedSpec
{
    const int Messages = 200;
    const int JoinGroup = 11;

    static readonly string[] s_auditors = ["auditors"];
    static readonly string[] s_all = ["streams", "auditors", "operators"];

    static readonly Dictionary<string, string?> s_kafkaNames = new()
    {
        ["Certificates:Names:0"] = "localhost",
        ["Certificates:Names:1"] = "kafka.test",
        ["Certificates:Names:2"] = "*.kafka.test",
    };

    [Fact]
    public async Task What_is_produced_through_the_gateway_is_consumed_through_it_whatever_the_codec()
    {
        await using var cluster = new KafkaCluster(Upstreams.Server());
        await using var node = await KafkaNode.StartAsync(Upstreams, cluster, Issuer.Options("main"));
        var token = KafkaNode.Token(Issuer);
        foreach (var codec in Enum.GetValues<CompressionType>())
        {
            cluster.Mock.CreateTopic($"orders-{codec}", 1);
            var config = KafkaNode.ByPassword<ProducerConfig>(node, token);
            (config.CompressionType, config.EnableIdempotence) = (codec, codec == CompressionType.Lz4);

            await KafkaClients.ProduceAsync(config, $"orders-{codec}", Messages);

            var consumed = await KafkaClients.ConsumeAsync(KafkaNode.ByPassword<ConsumerConfig>(node, token), $"orders-{codec}", Messages, inGroup: false);
            Assert.Equal(KafkaClients.Values(Messages), consumed.Order(StringComparer.Ordinal));
        }

        Assert.False(cluster.Got(token));
    }

    [Fact]
    public async Task A_group_consumes_through_the_gateway_and_commits_what_it_has()
    {
        await using var cluster = new KafkaCluster(Upstreams.Server());
        await using var node = await KafkaNode.StartAsync(Upstreams, cluster, Issuer.Options("main"));
        cluster.Mock.CreateTopic("orders", 2);
        var token = KafkaNode.Token(Issuer);
        await KafkaClients.ProduceAsync(KafkaNode.ByPassword<ProducerConfig>(node, token), "orders", Messages);

        var consumed = await KafkaClients.ConsumeAsync(KafkaNode.ByPassword<ConsumerConfig>(node, token), "orders", Messages, inGroup: true);

        Assert.Equal(KafkaClients.Values(Messages), consumed.Order(StringComparer.Ordinal));
    }

    [RequiresFact("kcat")]
    public async Task Kcat_speaks_through_the_gateway_with_a_token_as_password()
    {
        await using var cluster = new KafkaCluster(Upstreams.Server());
        await using var node = await KafkaNode.StartAsync(Upstreams, cluster, Issuer.Options("main"));
        cluster.Mock.CreateTopic("orders", 1);
        var file = Path.Combine(Path.GetDirectoryName(node.AuthorityFile)!, "records");
        await File.WriteAllLinesAsync(file, ["first", "second"]);
        string[] common = [.. Kcat(node), "-t", "orders"];

        var produced = await Tool.RunAsync("kcat", [.. common, "-P", "-l", file]);
        var consumed = await Tool.RunAsync("kcat", [.. common, "-C", "-e", "-q", "-o", "beginning"]);

        Assert.Equal((0, ""), (produced.ExitCode, produced.Output));
        Assert.Equal((0, "first\nsecond\n"), (consumed.ExitCode, consumed.Output));
    }

    [Fact]
    public async Task Clients_are_told_the_gateways_address_alone_and_the_recording_says_what_they_heard()
    {
        await using var cluster = new KafkaCluster(Upstreams.Server());
        await using var node = await KafkaNode.StartAsync(Upstreams, cluster, Issuer.Options("main"));
        var token = KafkaNode.Token(Issuer);
        var config = KafkaNode.ByPassword<AdminClientConfig>(node, token);
        using (var admin = new AdminClientBuilder(config).Build())
        {
            var broker = Assert.Single(admin.GetMetadata(TimeSpan.FromSeconds(20)).Brokers);
            Assert.Equal((1, "localhost", node.Address("events").Port), (broker.BrokerId, broker.Host, broker.Port));
        }

        // The client begins at one connection, and goes on at that of the broker it was told: the same place.
        var session = await FirstEndedAsync(node);
        var heard = await node.ReplayAsync(session.SessionId, Direction.ToClient);
        var said = await node.ReplayAsync(session.SessionId, Direction.ToUpstream);
        Assert.True(heard.AsSpan().IndexOf("localhost"u8) > 0);
        Assert.True(heard.AsSpan().IndexOf(PortBytes(cluster.Port).AsSpan()) < 0, "the broker's own port is told");
        Assert.True(said.AsSpan().IndexOf(Encoding.UTF8.GetBytes(token)) < 0, "the token is recorded");
        var verified = await node.GatewayAsync(Issuer.Mint(new TokenContent { Groups = s_auditors }), "sessions", "verify", session.SessionId);
        Assert.True(verified.Code == 0, verified.Output);
    }

    [Fact]
    public async Task Every_broker_of_a_cluster_is_reached_through_a_port_of_its_own_also_when_leaders_move()
    {
        await using var cluster = new KafkaCluster(Upstreams.Server(), brokers: 3);
        var first = FreePort.NextOf(3);
        await using var node = await KafkaNode.StartAsync(
            Upstreams, cluster, Issuer.Options("main"), listen: $"port: 0, brokers: {{ firstNode: 1, firstPort: {first}, count: 3 }}");
        cluster.Mock.CreateTopic("orders", 3);
        for (var partition = 0; partition < 3; partition++) cluster.Mock.Lead("orders", partition, partition + 1);
        var token = KafkaNode.Token(Issuer);

        await KafkaClients.ProduceAsync(KafkaNode.ByPassword<ProducerConfig>(node, token), "orders", Messages);
        for (var partition = 0; partition < 3; partition++) cluster.Mock.Lead("orders", partition, 3 - partition);
        // The mock takes no commit with the epoch of a leader that was moved by hand.
        var consumed = await KafkaClients.ConsumeAsync(KafkaNode.ByPassword<ConsumerConfig>(node, token), "orders", Messages, inGroup: true, commits: false);

        Assert.Equal(KafkaClients.Values(Messages), consumed.Order(StringComparer.Ordinal));
        Assert.All(cluster.Connections, connections => Assert.True(connections > 0));
        using var admin = new AdminClientBuilder(KafkaNode.ByPassword<AdminClientConfig>(node, token)).Build();
        Assert.Equal(
            [(1, first), (2, first + 1), (3, first + 2)],
            admin.GetMetadata(TimeSpan.FromSeconds(20)).Brokers.OrderBy(b => b.BrokerId).Select(b => (b.BrokerId, b.Port)));
    }

    [RequiresFact("kcat", "unshare", Requirement.Root)]
    public async Task Every_broker_of_a_cluster_is_reached_by_a_host_name_of_its_own_on_the_one_port()
    {
        await using var cluster = new KafkaCluster(Upstreams.Server(), brokers: 3);
        await using var node = await KafkaNode.StartAsync(
            Upstreams, cluster, Issuer.Options("main"), listen: "port: 0, brokers: { hosts: \"broker-{node}.kafka.test\" }", settings: s_kafkaNames);
        cluster.Mock.CreateTopic("orders", 3);
        for (var partition = 0; partition < 3; partition++) cluster.Mock.Lead("orders", partition, partition + 1);
        string[] names = ["kafka.test", .. Enumerable.Range(1, 4).Select(n => $"broker-{n}.kafka.test")];
        using var there = new NamedHere(names);
        string[] topic = ["-t", "orders"];
        var port = node.Address("events").Port;

        foreach (var partition in Enumerable.Range(0, 3))
        {
            var file = there.Write($"record {partition}\n");
            var produced = await there.RunAsync("kcat", [.. Kcat(node, "kafka.test"), .. topic, "-P", "-p", $"{partition}", "-l", file]);
            Assert.Equal((0, ""), (produced.ExitCode, produced.Output));
        }

        var consumed = await there.RunAsync("kcat", [.. Kcat(node, "kafka.test"), .. topic, "-C", "-e", "-q", "-o", "beginning"]);
        var told = await there.RunAsync("kcat", [.. Kcat(node, "kafka.test"), "-L"]);
        var none = await there.RunAsync("kcat", [.. Kcat(node, "broker-4.kafka.test"), "-L", "-m", "2"]);

        Assert.Equal(["record 0", "record 1", "record 2"], consumed.Result.Trim().Split('\n').Order(StringComparer.Ordinal));
        Assert.All(cluster.Connections, connections => Assert.True(connections > 0));
        Assert.All(Enumerable.Range(1, 3), n => Assert.Contains($"broker {n} at broker-{n}.kafka.test:{port}", told.Result, StringComparison.Ordinal));
        Assert.DoesNotContain(cluster.Ports, real => told.Result.Contains($":{real}", StringComparison.Ordinal));
        Assert.NotEqual(0, none.ExitCode);
        var refused = await node.Archive.ListAsync(new SessionFilter { Open = false }, CancellationToken.None);
        Assert.Contains(refused, s => s.Closing!.Refusal == Refusal.UpstreamNodeUnknown && s.Closing.Detail!.Contains("no broker 4", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_cluster_with_a_broker_that_no_port_leads_to_is_refused_by_name_rather_than_told()
    {
        await using var cluster = new KafkaCluster(Upstreams.Server(), brokers: 2);
        await using var node = await KafkaNode.StartAsync(Upstreams, cluster, Issuer.Options("main"));
        using (var admin = new AdminClientBuilder(KafkaNode.ByPassword<AdminClientConfig>(node, KafkaNode.Token(Issuer))).Build())
            Assert.Throws<KafkaException>(() => admin.GetMetadata(TimeSpan.FromSeconds(2)));

        var refused = await node.Archive.ListAsync(new SessionFilter { Open = false }, CancellationToken.None);
        Assert.Contains(refused, s => s.Closing!.Refusal == Refusal.UpstreamNodeUnknown && s.Closing.Detail!.Contains("names broker", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_token_that_is_none_is_refused_in_kafkas_own_words_before_the_broker_hears_of_it()
    {
        await using var cluster = new KafkaCluster(Upstreams.Server());
        await using var node = await KafkaNode.StartAsync(Upstreams, cluster, Issuer.Options("main"));
        var refused = new TaskCompletionSource<Error>(TaskCreationOptions.RunContinuationsAsynchronously);
        var config = KafkaNode.ByPassword<ProducerConfig>(node, "none");
        using var producer = new ProducerBuilder<Null, string>(config)
            .SetErrorHandler((_, error) =>
            {
                if (error.Code == ErrorCode.Local_Authentication) refused.TrySetResult(error);
            }).Build();

        producer.Produce("orders", new Message<Null, string> { Value = "never" });

        var told = await refused.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Contains("refused by the gateway: not-authorized", told.Reason, StringComparison.Ordinal);
        Assert.False(cluster.Got("never"));
        Assert.Equal([1], cluster.Connections);
    }

    [Fact]
    public async Task A_topic_that_is_denied_cannot_be_produced_to_consumed_listed_or_created_while_those_that_are_allowed_can()
    {
        await using var cluster = new KafkaCluster(Upstreams.Server());
        await using var node = await KafkaNode.StartAsync(Upstreams, cluster, Issuer.Options("main"), """
            { deny: [{ operation: "*", resource: "secret*" }, { operation: group, resource: "others-*" }] }
            """);
        cluster.Mock.CreateTopic("orders", 1);
        cluster.Mock.CreateTopic("secrets", 1);
        var token = KafkaNode.Token(Issuer);
        using var producer = new ProducerBuilder<Null, string>(KafkaNode.ByPassword<ProducerConfig>(node, token)).Build();
        using var admin = new AdminClientBuilder(KafkaNode.ByPassword<AdminClientConfig>(node, token)).Build();

        var denied = await Assert.ThrowsAsync<ProduceException<Null, string>>(() => producer.ProduceAsync("secrets", new Message<Null, string> { Value = "never" }));
        await KafkaClients.ProduceAsync(KafkaNode.ByPassword<ProducerConfig>(node, token), "orders", Messages);
        var consumed = await KafkaClients.ConsumeAsync(KafkaNode.ByPassword<ConsumerConfig>(node, token), "orders", Messages, inGroup: true);

        Assert.Equal(ErrorCode.TopicAuthorizationFailed, denied.Error.Code);
        Assert.Equal(KafkaClients.Values(Messages), consumed.Order(StringComparer.Ordinal));
        Assert.Equal(["orders"], admin.GetMetadata(TimeSpan.FromSeconds(20)).Topics.Select(t => t.Topic));
        var asked = Assert.Single(admin.GetMetadata("secrets", TimeSpan.FromSeconds(20)).Topics);
        Assert.Equal((ErrorCode.TopicAuthorizationFailed, 0), (asked.Error.Code, asked.Partitions.Count));
        Assert.Equal(ErrorCode.TopicAuthorizationFailed, (await ConsumerErrorAsync(node, token, "secrets", "mine")).Code);
        Assert.Equal(ErrorCode.GroupAuthorizationFailed, (await ConsumerErrorAsync(node, token, "orders", "others-1")).Code);
        // What members of a group tell each other of their subscriptions is theirs; that a group is there may be seen.
        Assert.DoesNotContain(cluster.Requests, r => Holds(r, "never") || !IsJoin(r) && Holds(r, "secrets") || IsJoin(r) && Holds(r, "others-1"));

        static bool IsJoin(byte[] request) => (request[0] << 8 | request[1]) == JoinGroup;

        static bool Holds(byte[] request, string text) => request.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;
    }

    [RequiresFact("kcat")]
    public async Task What_a_client_was_denied_is_in_its_recording()
    {
        await using var cluster = new KafkaCluster(Upstreams.Server());
        await using var node = await KafkaNode.StartAsync(
            Upstreams, cluster, Issuer.Options("main"), """{ allow: [{ operation: "*", resource: "orders*" }] }""");

        var listed = await Tool.RunAsync("kcat", [.. Kcat(node), "-t", "secrets", "-L", "-m", "20"]);

        Assert.Contains("topic \"secrets\" with 0 partitions: Broker: Topic authorization failed", listed.Output, StringComparison.Ordinal);
        await Eventually.AssertAsync(async () =>
        {
            var denied = new List<DeniedOperation>();
            foreach (var row in await node.Archive.ListAsync(new SessionFilter { Open = false }, CancellationToken.None))
            {
                await foreach (var e in node.Archive.ReadAsync(row.SessionId, CancellationToken.None))
                {
                    if (new StoredEvent(e.Manifest, e.Bytes.ToArray()).Decode() is OperationsDenied d) denied.AddRange(d.Operations);
                }
            }

            Assert.Contains(new DeniedOperation("describe", "secrets"), denied);
        });
        Assert.False(cluster.Got("secrets"));
    }

    [Fact]
    public async Task What_was_produced_and_consumed_can_be_read_and_searched_without_its_records_having_been_kept()
    {
        await using var cluster = new KafkaCluster(Upstreams.Server());
        await using var node = await KafkaNode.StartAsync(Upstreams, cluster, Issuer.Options("main"), recording: "{ level: operations }");
        cluster.Mock.CreateTopic("orders", 1);
        var token = KafkaNode.Token(Issuer);
        await KafkaClients.ProduceAsync(KafkaNode.ByPassword<ProducerConfig>(node, token), "orders", Messages);
        await KafkaClients.ConsumeAsync(KafkaNode.ByPassword<ConsumerConfig>(node, token), "orders", Messages, inGroup: false);
        var auditor = Issuer.Mint(new TokenContent { Groups = s_auditors });

        await Eventually.AssertAsync(async () =>
        {
            var transcripts = new List<string>();
            foreach (var row in await node.Archive.ListAsync(new SessionFilter { Open = false }, CancellationToken.None))
                transcripts.Add((await node.GatewayAsync(auditor, "sessions", "replay", row.SessionId)).Output);
            Assert.Contains(transcripts, t => Line(t, "Produce").Contains("orders/0: ", StringComparison.Ordinal) && Line(t, "Produce").Contains(" records", StringComparison.Ordinal));
            Assert.Contains(transcripts, t => Line(t, "Fetch").Contains("orders/0: from 0", StringComparison.Ordinal));
            Assert.All(transcripts, t => Assert.DoesNotContain("bytes that are no operation", t, StringComparison.Ordinal));
        });
        var found = await node.GatewayAsync(auditor, "sessions", "grep", "^orders$", "--count");
        Assert.Equal(0, found.Code);
        foreach (var row in await node.Archive.ListAsync(new SessionFilter { Open = false }, CancellationToken.None))
        {
            await foreach (var e in node.Archive.ReadAsync(row.SessionId, CancellationToken.None))
            {
                Assert.IsNotType<TrafficRecorded>(new StoredEvent(e.Manifest, e.Bytes.ToArray()).Decode());
                Assert.DoesNotContain(KafkaClients.Values(Messages), value => e.Bytes.Span.IndexOf(Encoding.UTF8.GetBytes(value)) >= 0);
            }
        }

        static string Line(string transcript, string name) => transcript.Split('\n').FirstOrDefault(l => l.Contains($" {name} ", StringComparison.Ordinal)) ?? "";
    }

    [Fact]
    public async Task What_a_client_produced_can_be_produced_again_through_the_connection()
    {
        await using var cluster = new KafkaCluster(Upstreams.Server());
        await using var node = await KafkaNode.StartAsync(Upstreams, cluster, Issuer.Options("main"));
        cluster.Mock.CreateTopic("orders", 1);
        var token = Issuer.Mint(new TokenContent { Groups = s_all });
        var config = KafkaNode.ByPassword<ProducerConfig>(node, token);
        (config.EnableIdempotence, config.CompressionType) = (true, CompressionType.Lz4);
        await KafkaClients.ProduceAsync(config, "orders", Messages);
        using var user = new UserCommands(node);
        user.Variables["GATEWAY_TOKEN"] = token;
        var redriven = 0;

        await Eventually.AssertAsync(async () => Assert.Contains("Produce", (await user.RunAsync("sessions", "grep", "^Produce$")).Output, StringComparison.Ordinal));
        foreach (var row in await node.Archive.ListAsync(new SessionFilter { Open = false }, CancellationToken.None))
        {
            var said = await user.RunAsync("sessions", "replay", row.SessionId, "--to", "events", "--reason", "to have it twice");
            if (said.Output.Contains(" sent with ", StringComparison.Ordinal) && !said.Output.StartsWith("0 sent", StringComparison.Ordinal)) redriven++;
            Assert.True(said.Output.EndsWith("0 without an answer, 0 refused\n", StringComparison.Ordinal), said.All);
        }

        Assert.Equal(1, redriven);
        var consumed = await KafkaClients.ConsumeAsync(KafkaNode.ByPassword<ConsumerConfig>(node, token), "orders", 2 * Messages, inGroup: false);
        Assert.Equal(KafkaClients.Values(Messages).SelectMany(v => new[] { v, v }), consumed.Order(StringComparer.Ordinal));
    }

    string[] Kcat(TestNode node, string host = "localhost") =>
    [
        "-b", $"{host}:{node.Address("events").Port}", "-X", "security.protocol=sasl_ssl", "-X", $"ssl.ca.location={node.AuthorityFile}",
        "-X", "sasl.mechanism=PLAIN", "-X", "sasl.username=anybody", "-X", $"sasl.password={KafkaNode.Token(Issuer)}", "-X", "broker.address.family=v4",
    ];

    /// <summary>What a consumer that subscribes to that topic is told.</summary>
    static Task<Error> ConsumerErrorAsync(TestNode node, string token, string topic, string group) => Task.Run(() =>
    {
        var config = KafkaNode.ByPassword<ConsumerConfig>(node, token);
        (config.GroupId, config.AutoOffsetReset) = (group, AutoOffsetReset.Earliest);
        using var consumer = new ConsumerBuilder<string, string>(config).Build();
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        consumer.Subscribe(topic);
        return Assert.Throws<ConsumeException>(() => consumer.Consume(late.Token)).Error;
    });

    static async Task<SessionRow> FirstEndedAsync(TestNode node)
    {
        SessionRow? first = null;
        await Eventually.AssertAsync(async () =>
        {
            var rows = await node.Archive.ListAsync(new SessionFilter { Open = false }, CancellationToken.None);
            first = rows.FirstOrDefault(r => r.Closing!.ToClientBytes > 0);
            Assert.NotNull(first);
        });
        return first!;
    }

    static byte[] PortBytes(int port) => [0, 0, (byte)(port >> 8), (byte)port];
}

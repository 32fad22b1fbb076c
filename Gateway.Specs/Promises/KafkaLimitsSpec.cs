using System.Collections.Concurrent;
using System.Text.Json;
using Confluent.Kafka;
using Gateway.Actors.Record;
using Gateway.Protocols;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>Limits of a Kafka connection, as clients of librdkafka meet them.</summary>
public sealed class KafkaLimitsSpec : IssuedSpec
{
    [Fact]
    public async Task A_client_that_is_too_fast_is_told_to_wait_in_kafkas_own_words_and_nothing_is_lost()
    {
        await using var cluster = new KafkaCluster(Upstreams.Server());
        await using var node = await KafkaNode.StartAsync(
            Upstreams, cluster, Issuer.Options("main"), limits: "{ kafka: { produceBytesPerSecond: 65536, fetchBytesPerSecond: 65536 } }");
        cluster.Mock.CreateTopic("orders", 1);
        var (produced, consumed) = (new ConcurrentQueue<long>(), new ConcurrentQueue<long>());

        await ProduceAsync(node, produced);
        Consume(node, consumed);

        Assert.Contains(produced, throttled => throttled > 0);
        Assert.Contains(consumed, throttled => throttled > 0);
        var metrics = await MetricsAsync(node);
        foreach (var direction in new[] { "to-upstream", "to-client" })
            Assert.Matches($"gateway_kafka_throttled_bytes_total{{[^}}]*connection=\"events\"[^}}]*direction=\"{direction}\"[^}}]*}} [1-9]", metrics);
        Assert.Contains("gateway_kafka_sessions_muted{", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_batch_that_is_too_large_is_refused_to_its_producer_and_never_reaches_the_broker()
    {
        await using var cluster = new KafkaCluster(Upstreams.Server());
        await using var node = await KafkaNode.StartAsync(Upstreams, cluster, Issuer.Options("main"), limits: "{ kafka: { maxBatchBytes: 10000 } }");
        cluster.Mock.CreateTopic("orders", 1);
        using var producer = new ProducerBuilder<Null, string>(KafkaNode.ByPassword<ProducerConfig>(node, KafkaNode.Token(Issuer))).Build();

        var refused = await Assert.ThrowsAsync<ProduceException<Null, string>>(() => producer.ProduceAsync("orders", Of("too-large".PadRight(20_000, 'x'))));
        var taken = await producer.ProduceAsync("orders", Of("small"));

        Assert.Equal((ErrorCode.MsgSizeTooLarge, 0L), (refused.Error.Code, taken.Offset.Value));
        Assert.False(cluster.Got("too-large"));
        Assert.Matches("gateway_kafka_batches_refused_total{[^}]*connection=\"events\"[^}]*} [1-9]", await MetricsAsync(node));
    }

    static async Task<string> MetricsAsync(TestNode node)
    {
        using var anybody = node.Admin("");
        return await anybody.GetStringAsync("/metrics");
    }

    [Fact]
    public async Task A_client_of_another_name_is_refused_at_its_login()
    {
        await using var cluster = new KafkaCluster(Upstreams.Server());
        await using var node = await KafkaNode.StartAsync(Upstreams, cluster, Issuer.Options("main"), limits: "{ kafka: { clientIds: [billing-*] } }");
        cluster.Mock.CreateTopic("orders", 1);
        var config = KafkaNode.ByPassword<ProducerConfig>(node, KafkaNode.Token(Issuer));
        config.ClientId = "billing-7";
        await KafkaClients.ProduceAsync(config, "orders", 10);

        config.ClientId = "stranger";
        using (var stranger = new AdminClientBuilder(config).Build()) Assert.Throws<KafkaException>(() => stranger.GetMetadata(TimeSpan.FromSeconds(2)));

        var ended = await node.Archive.ListAsync(new SessionFilter { Open = false }, CancellationToken.None);
        Assert.Contains(ended, s => s.Closing!.Refusal == Refusal.OperationDenied && s.Closing.Detail!.StartsWith("the client calls itself 'stranger'", StringComparison.Ordinal));
    }

    async Task ProduceAsync(TestNode node, ConcurrentQueue<long> throttled)
    {
        var config = KafkaNode.ByPassword<ProducerConfig>(node, KafkaNode.Token(Issuer));
        (config.StatisticsIntervalMs, config.BatchSize, config.LingerMs) = (100, 20_000, 5);
        using var producer = new ProducerBuilder<Null, string>(config).SetStatisticsHandler((_, statistics) => Note(statistics, throttled)).Build();
        var sent = Enumerable.Range(0, 130).Select(i => producer.ProduceAsync("orders", Of($"{i}".PadRight(1000, 'x'))));
        await Task.WhenAll(sent).WaitAsync(TimeSpan.FromSeconds(30));
        await Eventually.AssertAsync(() =>
        {
            Assert.Contains(throttled, t => t > 0);
            return Task.CompletedTask;
        });
    }

    void Consume(TestNode node, ConcurrentQueue<long> throttled)
    {
        var config = KafkaNode.ByPassword<ConsumerConfig>(node, KafkaNode.Token(Issuer));
        (config.GroupId, config.StatisticsIntervalMs, config.MaxPartitionFetchBytes) = ("mine", 100, 40_000);
        using var consumer = new ConsumerBuilder<Null, string>(config).SetStatisticsHandler((_, statistics) => Note(statistics, throttled)).Build();
        consumer.Assign(new TopicPartitionOffset("orders", 0, Offset.Beginning));
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var values = new HashSet<string>();
        while (values.Count < 130 || !throttled.Any(t => t > 0))
        {
            if (consumer.Consume(TimeSpan.FromMilliseconds(200)) is { } read) values.Add(read.Message.Value.TrimEnd('x'));
            late.Token.ThrowIfCancellationRequested();
        }

        Assert.Equal(Enumerable.Range(0, 130).Select(i => $"{i}").Order(StringComparer.Ordinal), values.Order(StringComparer.Ordinal));
    }

    static void Note(string statistics, ConcurrentQueue<long> throttled)
    {
        using var document = JsonDocument.Parse(statistics);
        foreach (var broker in document.RootElement.GetProperty("brokers").EnumerateObject())
            throttled.Enqueue(broker.Value.GetProperty("throttle").GetProperty("max").GetInt64());
    }

    static Message<Null, string> Of(string value) => new() { Value = value };
}

using System.Net;
using System.Text.Json;
using Confluent.Kafka;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>Kafka's own clients through three nodes behind haproxy, one of which loses its power in mid-stream.</summary>
[Collection(nameof(OwnCluster))]
public sealed class KafkaClusterSpec
{
    const int Partitions = 3;
    const int Records = 1500;

    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);

    [RequiresFact("haproxy", "postgres")]
    public async Task A_node_that_dies_in_mid_stream_costs_neither_a_record_nor_their_order_and_its_sessions_are_sealed()
    {
        var cluster = new TestCluster();
        await using var kafka = new KafkaCluster(cluster.Upstreams.Server(), brokers: Partitions);
        kafka.Mock.CreateTopic("orders", Partitions);
        for (var partition = 0; partition < Partitions; partition++) kafka.Mock.Lead("orders", partition, partition + 1);
        var first = FreePort.NextOf(1 + Partitions);
        cluster.Plans = [.. NodePlan.AtOnePort(3).Select(plan => plan with
        {
            Connections = Events(plan.Address.Address, first, kafka.Port),
            Secrets = new() { ["broker.password"] = kafka.Password },
        })];
        await cluster.InitializeAsync();
        using var folder = new ConfigurationFolder();
        try
        {
            await using var balancer = await HaproxyCluster.StartAsync(cluster, [.. Enumerable.Range(first, 1 + Partitions)]);
            await StreamAsync(cluster, first, cluster.Authority.WriteAuthority(folder.PathOf("authority.crt")));
        }
        finally
        {
            await cluster.DisposeAsync();
        }
    }

    static async Task StreamAsync(TestCluster cluster, int port, string authority)
    {
        using var producer = new SteadyProducer(Through<ProducerConfig>(cluster, port, authority));
        await using var consumer = new SteadyConsumer(Through<ConsumerConfig>(cluster, port, authority));
        await Eventually.TrueAsync(() => consumer.Count > Records / 10);
        var most = (await ListAsync(cluster.Nodes[0], "list", "--open")).GroupBy(Node).MaxBy(sessions => sessions.Count())!.Key;
        var doomed = cluster.Nodes[most[3] - '1'];
        var other = cluster.Nodes.First(node => node != doomed);

        await doomed.Process.KillAsync();
        var (before, moment) = (consumer.Count, producer.Confirmed);
        var lost = (await ListAsync(other, "list", "--open")).Where(session => Node(session) == most).ToArray();

        Assert.NotEmpty(lost);
        await producer.Done.WaitAsync(s_patience);
        await Eventually.TrueAsync(() => consumer.Count >= Records, s_patience);
        Assert.True(before < Records && moment < Records, "it was over before the node died");
        Assert.Equal(Enumerable.Range(0, Records), consumer.Read.Select(record => record.Number).Order());
        foreach (var partition in consumer.Read.GroupBy(record => record.Partition))
            Assert.Equal(partition.Select(record => record.Number).Order(), partition.Select(record => record.Number));
        foreach (var id in lost.Select(session => session.GetProperty("id").GetString()!))
        {
            await Eventually.AssertAsync(
                async () =>
                {
                    var shown = (await other.GatewayAsync("sessions", "show", id)).Output;
                    Assert.True(shown.Contains("node-lost", StringComparison.Ordinal), shown + other.Process.Output);
                },
                s_patience);
            Assert.Equal(["verified"], (await ListAsync(other, "verify", id)).Select(v => v.GetProperty("verdict").GetString()));
        }
    }

    static string Node(JsonElement session) => session.GetProperty("node").GetString()!;

    static T Through<T>(TestCluster cluster, int port, string authority)
        where T : ClientConfig, new() => new()
        {
            BootstrapServers = $"localhost:{port}",
            SecurityProtocol = SecurityProtocol.SaslSsl,
            SslCaLocation = authority,
            SaslMechanism = SaslMechanism.Plain,
            SaslUsername = "anybody",
            SaslPassword = cluster.AuditorToken,
            BrokerAddressFamily = BrokerAddressFamily.V4,
        };

    static async Task<JsonElement[]> ListAsync(NodeProcess through, string command, string what)
    {
        var (code, output) = await through.GatewayAsync("sessions", command, what, "--json");
        Assert.True(code == 0, output);
        var read = JsonDocument.Parse(output).RootElement;
        return read.ValueKind == JsonValueKind.Array ? [.. read.EnumerateArray()] : [read];
    }

    static string Events(IPAddress address, int port, int broker) => $$"""

        ---
        apiVersion: gateway/v1
        kind: Connection
        metadata: { name: events }
        spec:
          protocol: kafka
          listen: { address: {{address}}, port: {{port}}, brokers: { firstNode: 1, firstPort: {{port + 1}}, count: {{Partitions}} } }
          upstream:
            host: 127.0.0.1
            port: {{broker}}
            tls: { serverName: localhost, authorities: upstream.crt }
            login: { userName: {{KafkaCluster.UserName}}, passwordFile: broker.password }
          access: { issuers: [main], groups: [admins] }
        """;

    /// <summary>Produces numbers to each partition in turn, in one transaction: only then librdkafka's brokers know what was sent twice.</summary>
    sealed class SteadyProducer : IDisposable
    {
        readonly IProducer<Null, string> _producer;
        readonly Task _producing;
        int _confirmed;

        public SteadyProducer(ProducerConfig config)
        {
            // Of several requests under way these brokers take those for new that a producer repeats.
            (config.TransactionalId, config.Acks, config.LingerMs, config.MaxInFlight) = ("steady", Acks.All, 5, 1);
            _producer = new ProducerBuilder<Null, string>(config).Build();
            _producing = Task.Run(ProduceAsync);
        }

        public int Confirmed => Volatile.Read(ref _confirmed);

        /// <summary>When the transaction is committed.</summary>
        public Task Done => _producing;

        public void Dispose() => _producer.Dispose();

        async Task ProduceAsync()
        {
            _producer.InitTransactions(TimeSpan.FromSeconds(30));
            _producer.BeginTransaction();
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
            for (var number = 0; number < Records && await timer.WaitForNextTickAsync(); number++)
                _producer.Produce(new TopicPartition("orders", number % Partitions), new Message<Null, string> { Value = $"{number}" }, Confirm);
            _producer.CommitTransaction(TimeSpan.FromSeconds(60));
        }

        void Confirm(DeliveryReport<Null, string> report)
        {
            if (!report.Error.IsError) Interlocked.Increment(ref _confirmed);
        }
    }

    /// <summary>A group of one, from the beginning on.</summary>
    sealed class SteadyConsumer : IAsyncDisposable
    {
        readonly CancellationTokenSource _stop = new();
        readonly List<(int Partition, int Number)> _read = [];
        readonly Task _consuming;

        public SteadyConsumer(ConsumerConfig config)
        {
            (config.GroupId, config.AutoOffsetReset, config.EnableAutoCommit) = ("steady", AutoOffsetReset.Earliest, true);
            _consuming = Task.Run(() => Consume(config));
        }

        public int Count => Read.Count;

        public IReadOnlyList<(int Partition, int Number)> Read
        {
            get
            {
                lock (_read) return [.. _read];
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _consuming;
            _stop.Dispose();
        }

        void Consume(ConsumerConfig config)
        {
            using var consumer = new ConsumerBuilder<Ignore, string>(config).Build();
            consumer.Subscribe("orders");
            while (!_stop.IsCancellationRequested)
            {
                if (consumer.Consume(TimeSpan.FromMilliseconds(100)) is not { } result) continue;
                lock (_read) _read.Add((result.Partition.Value, int.Parse(result.Message.Value, System.Globalization.CultureInfo.InvariantCulture)));
            }

            consumer.Close();
        }
    }
}

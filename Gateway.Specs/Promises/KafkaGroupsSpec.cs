using System.Buffers.Binary;
using Confluent.Kafka;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>
/// Groups of consumers, by both of Kafka's protocols: the classic one, in which clients share out, eagerly or in steps (KIP-429), and the one in which the
/// broker does (KIP-848).
/// </summary>
public sealed class KafkaGroupsSpec : IssuedSpec
{
    const int Partitions = 4;
    const int Messages = 200;
    const short ConsumerGroupHeartbeat = 68;

    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(GroupProtocol.Classic, PartitionAssignmentStrategy.Range)]
    [InlineData(GroupProtocol.Classic, PartitionAssignmentStrategy.CooperativeSticky)]
    [InlineData(GroupProtocol.Consumer, null)]
    public async Task A_group_shares_a_topic_out_anew_as_members_come_and_go_and_goes_on_where_it_was(GroupProtocol protocol, PartitionAssignmentStrategy? strategy)
    {
        await using var cluster = new KafkaCluster(Upstreams.Server());
        await using var node = await KafkaNode.StartAsync(Upstreams, cluster, Issuer.Options("main"));
        cluster.Mock.CreateTopic("orders", Partitions);
        cluster.Mock.HurryGroups();
        await ProduceAsync(node);

        await using var first = new GroupMember(Config(node, protocol, strategy), "orders");
        await Eventually.TrueAsync(() => first.Count == Messages && first.Partitions == Partitions, s_patience);

        await using var second = new GroupMember(Config(node, protocol, strategy), "orders");
        await Eventually.TrueAsync(() => (first.Partitions, second.Partitions) == (Partitions / 2, Partitions / 2), s_patience);
        await ProduceAsync(node);
        await Eventually.TrueAsync(() => first.Count + second.Count == 2 * Messages, s_patience);
        Assert.NotEqual(0, second.Count);

        await first.LeaveAsync();
        await Eventually.TrueAsync(() => second.Partitions == Partitions, s_patience);
        await second.LeaveAsync();

        await ProduceAsync(node);
        await using var third = new GroupMember(Config(node, protocol, strategy), "orders");
        await Eventually.TrueAsync(() => third.Count >= Messages, s_patience);
        Assert.Equal(Messages, third.Count);
        Assert.Equal(protocol == GroupProtocol.Consumer, cluster.Requests.Any(r => BinaryPrimitives.ReadInt16BigEndian(r) == ConsumerGroupHeartbeat));
    }

    Task ProduceAsync(TestNode node) => KafkaClients.ProduceAsync(KafkaNode.ByPassword<ProducerConfig>(node, KafkaNode.Token(Issuer)), "orders", Messages);

    ConsumerConfig Config(TestNode node, GroupProtocol protocol, PartitionAssignmentStrategy? strategy)
    {
        var config = KafkaNode.ByPassword<ConsumerConfig>(node, KafkaNode.Token(Issuer));
        (config.GroupId, config.GroupProtocol, config.PartitionAssignmentStrategy) = ("billing", protocol, strategy);
        // librdkafka's brokers wait for nearly as long as a session lasts before they share out anew. Who shares out by itself says how long that is (KIP-848).
        if (protocol == GroupProtocol.Classic) (config.SessionTimeoutMs, config.HeartbeatIntervalMs) = (4000, 500);
        return config;
    }

    /// <summary>A consumer that reads all it gets, and commits that as it leaves.</summary>
    sealed class GroupMember : IAsyncDisposable
    {
        static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(100);

        readonly CancellationTokenSource _stop = new();
        readonly Task _consuming;
        int _count;
        int _partitions;

        public GroupMember(ConsumerConfig config, string topic)
        {
            (config.AutoOffsetReset, config.EnableAutoCommit, config.AutoCommitIntervalMs) = (AutoOffsetReset.Earliest, true, 100);
            _consuming = Task.Run(() => Consume(config, topic));
        }

        /// <summary>Records that it has read.</summary>
        public int Count => Volatile.Read(ref _count);

        /// <summary>Partitions that are its own now.</summary>
        public int Partitions => Volatile.Read(ref _partitions);

        public async Task LeaveAsync()
        {
            await _stop.CancelAsync();
            await _consuming;
        }

        public async ValueTask DisposeAsync()
        {
            await LeaveAsync();
            _stop.Dispose();
        }

        void Consume(ConsumerConfig config, string topic)
        {
            using var consumer = new ConsumerBuilder<string, string>(config).Build();
            consumer.Subscribe(topic);
            while (!_stop.IsCancellationRequested)
            {
                if (consumer.Consume(s_look) is not null) Interlocked.Increment(ref _count);
                Volatile.Write(ref _partitions, consumer.Assignment.Count);
            }

            consumer.Close();
        }
    }
}

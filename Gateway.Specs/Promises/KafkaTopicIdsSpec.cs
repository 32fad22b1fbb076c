using System.Buffers.Binary;
using Confluent.Kafka;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>Clients of librdkafka that name topics by their ids.</summary>
public sealed class KafkaTopicIdsSpec : IssuedSpec
{
    const int Messages = 50;
    const short Fetch = 1;
    const short FirstById = 13;

    [Fact]
    public async Task Topics_that_a_client_names_by_their_ids_are_allowed_and_denied_by_their_names()
    {
        await using var cluster = new KafkaCluster(Upstreams.Server());
        await using var node = await KafkaNode.StartAsync(Upstreams, cluster, Issuer.Options("main"), """
            { allow: [{ operation: "*", resource: "orders*" }, { operation: produce, resource: audit }, { operation: group, resource: "*" }] }
            """);
        var token = KafkaNode.Token(Issuer);
        foreach (var topic in new[] { "orders", "audit" })
        {
            cluster.Mock.CreateTopic(topic, 1);
            await KafkaClients.ProduceAsync(KafkaNode.ByPassword<ProducerConfig>(node, token), topic, Messages);
        }

        var consumed = await KafkaClients.ConsumeAsync(KafkaNode.ByPassword<ConsumerConfig>(node, token), "orders", Messages, inGroup: true);
        var denied = await ErrorAsync(node, token, "audit");

        Assert.Equal(KafkaClients.Values(Messages), consumed.Order(StringComparer.Ordinal));
        Assert.Equal(ErrorCode.TopicAuthorizationFailed, denied.Code);
        var fetches = cluster.Requests.Where(r => BinaryPrimitives.ReadInt16BigEndian(r) == Fetch).Select(r => BinaryPrimitives.ReadInt16BigEndian(r.AsSpan(2))).ToArray();
        Assert.NotEmpty(fetches);
        Assert.All(fetches, version => Assert.InRange(version, FirstById, 15));
    }

    static Task<Error> ErrorAsync(TestNode node, string token, string topic) => Task.Run(() =>
    {
        var config = KafkaNode.ByPassword<ConsumerConfig>(node, token);
        config.GroupId = "mine";
        using var consumer = new ConsumerBuilder<string, string>(config).Build();
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        return Assert.Throws<ConsumeException>(() => consumer.Consume(late.Token)).Error;
    });
}

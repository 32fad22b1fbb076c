using Confluent.Kafka;

namespace Gateway.Specs.Support;

/// <summary>Clients of librdkafka, as applications use them.</summary>
static class KafkaClients
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    public static IReadOnlyList<string> Values(int count) => [.. Enumerable.Range(0, count).Select(Value).Order(StringComparer.Ordinal)];

    /// <summary>Produces so many records, and waits until the broker has confirmed each.</summary>
    public static async Task ProduceAsync(ProducerConfig config, string topic, int count)
    {
        config.LingerMs = 5;
        using var producer = new ProducerBuilder<string, string>(config).Build();
        var sent = Enumerable.Range(0, count).Select(i => producer.ProduceAsync(topic, new Message<string, string> { Key = $"key-{i}", Value = Value(i) }));
        await Task.WhenAll(sent).WaitAsync(s_patience);
    }

    /// <summary>Consumes so many records of a topic from its beginning: of its first partition, or of all as a group of its own.</summary>
    public static Task<List<string>> ConsumeAsync(ConsumerConfig config, string topic, int count, bool inGroup, bool commits = true) => Task.Run(() =>
    {
        (config.GroupId, config.AutoOffsetReset, config.EnableAutoCommit) = ($"group-{Guid.NewGuid():N}", AutoOffsetReset.Earliest, false);
        using var consumer = new ConsumerBuilder<string, string>(config).Build();
        using var late = new CancellationTokenSource(s_patience);
        if (inGroup) consumer.Subscribe(topic);
        else consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        var values = new List<string>();
        ConsumeResult<string, string>? last = null;
        while (values.Count < count) values.Add((last = consumer.Consume(late.Token)).Message.Value);
        if (inGroup && commits) consumer.Commit(last);
        consumer.Close();
        return values;
    });

    static string Value(int number) => $"value-{number:D5}";
}

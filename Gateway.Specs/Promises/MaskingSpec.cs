using System.Text;
using Confluent.Kafka;
using Gateway.Actors.Record;
using Gateway.Protocols;
using Gateway.Specs.Support;
using MQTTnet;
using MQTTnet.Formatter;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>Real clients and a real broker, and rules that mask what they say to each other.</summary>
public sealed class MaskingSpec : IssuedSpec
{
    const string Card = "4111111111111111";

    [RequiresTheory("mosquitto")]
    [InlineData(MqttProtocolVersion.V311)]
    [InlineData(MqttProtocolVersion.V500)]
    public async Task A_card_number_reaches_neither_the_other_client_nor_the_recording_and_the_same_one_gives_the_same_token(MqttProtocolVersion version)
    {
        const string Rules = "{ key: { keyEnvironment: SPEC_MASKING_KEY }, rules: [ { name: pan, topics: [\"pay/#\"], json: [$.pan], action: token } ] }";
        Environment.SetEnvironmentVariable("SPEC_MASKING_KEY", "a secret text of at least 32 characters");
        await using var broker = await Mosquitto.StartAsync(Upstreams.Server());
        await using var node = await MqttNode.StartAsync(Upstreams, broker.Port, broker.Password, Issuer.Options("main"), masking: Rules);
        var (client, received) = await MqttClients.ConnectAsync(MqttClients.Options(node, MqttNode.Token(Issuer), version));
        using var talking = client;
        await client.SubscribeAsync("pay/#");

        await client.PublishStringAsync("pay/1", $$"""{"pan":"{{Card}}","amount":1.50}""");
        await client.PublishStringAsync("pay/2", $$"""{"amount":2,"pan":{{Card}}}""");
        var (first, second) = (Encoding.UTF8.GetString((await received.NextAsync()).Payload), Encoding.UTF8.GetString((await received.NextAsync()).Payload));
        await client.DisconnectAsync();

        Assert.Matches("^\\{\"pan\":\"tok_[A-Za-z0-9_-]{22}\",\"amount\":1.50\\}$", first);
        Assert.Equal(first[8..34], second["{\"amount\":2,\"pan\":\"".Length..][..26]);
        var session = await node.EndedAsync();
        Assert.Equal(Refusal.None, session.Closing!.Refusal);
        foreach (var direction in new[] { Direction.ToUpstream, Direction.ToClient })
        {
            var recorded = await node.ReplayAsync(session.SessionId, direction);
            Assert.True(recorded.AsSpan().IndexOf(Encoding.UTF8.GetBytes(first)) > 0, $"{direction}: the masked message is not recorded");
            Assert.True(recorded.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Card)) < 0, $"{direction}: the card number is recorded");
        }
    }

    [RequiresFact("mosquitto")]
    public async Task Without_the_key_that_its_rules_need_no_session_begins()
    {
        const string Rules = "{ key: { keyEnvironment: SPEC_MASKING_KEY_ABSENT }, rules: [ { name: pan, json: [$.pan], action: token } ] }";
        await using var broker = await Mosquitto.StartAsync(Upstreams.Server());
        await using var node = await MqttNode.StartAsync(Upstreams, broker.Port, broker.Password, Issuer.Options("main"), masking: Rules);

        var (client, _) = await MqttClients.ConnectAsync(MqttClients.Options(node, MqttNode.Token(Issuer), MqttProtocolVersion.V500));
        using var refused = client;

        Assert.False(client.IsConnected);
        var session = await node.EndedAsync();
        Assert.Equal(Refusal.MaskingKeyUnavailable, session.Closing!.Refusal);
        Assert.Contains("SPEC_MASKING_KEY_ABSENT", session.Closing.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_produced_and_consumed_is_masked_whatever_the_codec()
    {
        const string Rules = "{ rules: [ { name: pan, topics: [\"pay-*\"], direction: to-client, json: [$.pan], action: redact, text: HIDDEN },"
            + " { name: mail, topics: [\"pay-*\"], direction: to-upstream, detect: [email], action: redact, text: MAIL } ] }";
        await using var cluster = new KafkaCluster(Upstreams.Server());
        await using var node = await KafkaNode.StartAsync(Upstreams, cluster, Issuer.Options("main"), masking: Rules);
        var token = KafkaNode.Token(Issuer);
        foreach (var codec in Enum.GetValues<CompressionType>())
        {
            foreach (var topic in new[] { $"pay-{codec}", $"free-{codec}" })
            {
                cluster.Mock.CreateTopic(topic, 1);
                var config = KafkaNode.ByPassword<ProducerConfig>(node, token);
                (config.CompressionType, config.EnableIdempotence, config.LingerMs) = (codec, codec == CompressionType.Zstd, 5);
                using (var producer = new ProducerBuilder<string, string>(config).Build())
                    await Task.WhenAll(Enumerable.Range(0, 50).Select(i => producer.ProduceAsync(topic, new() { Key = $"{i}", Value = Value(i, Card, "me@example.org") })));

                var consumed = await KafkaClients.ConsumeAsync(KafkaNode.ByPassword<ConsumerConfig>(node, token), topic, 50, inGroup: false);

                var isMasked = topic.StartsWith("pay-", StringComparison.Ordinal);
                Assert.Equal(Enumerable.Range(0, 50).Select(i => isMasked ? Value(i, "HIDDEN", "MAIL") : Value(i, Card, "me@example.org")), consumed);
            }
        }

        static string Value(int number, string pan, string mail) => $$"""{"n":{{number}},"pan":"{{pan}}","from":"{{mail}}","padding":"{{new string('x', 200)}}"}""";
    }

    [Fact]
    public async Task What_is_produced_and_consumed_is_recorded_as_it_was_masked_and_its_originals_are_not()
    {
        const string Rules = "{ rules: [ { name: pan, topics: [pay], direction: to-client, json: [$.pan], action: redact, text: HIDDEN },"
            + " { name: mail, topics: [pay], direction: to-upstream, json: [$.from], action: redact, text: MAIL } ] }";
        await using var cluster = new KafkaCluster(Upstreams.Server());
        await using var node = await KafkaNode.StartAsync(Upstreams, cluster, Issuer.Options("main"), masking: Rules);
        var token = KafkaNode.Token(Issuer);
        cluster.Mock.CreateTopic("pay", 1);
        using (var producer = new ProducerBuilder<string, string>(KafkaNode.ByPassword<ProducerConfig>(node, token)).Build())
            await producer.ProduceAsync("pay", new() { Key = "k", Value = $$"""{"pan":"{{Card}}","from":"me@example.org"}""" });

        await KafkaClients.ConsumeAsync(KafkaNode.ByPassword<ConsumerConfig>(node, token), "pay", 1, inGroup: false);

        foreach (var (direction, masked, original) in new[]
        {
            (Direction.ToUpstream, "MAIL", "me@example.org"), (Direction.ToClient, "HIDDEN", Card),
        })
        {
            await Eventually.AssertAsync(async () =>
            {
                Assert.Empty(await node.Archive.ListAsync(new SessionFilter { Open = true }, CancellationToken.None));
                var recorded = new StringBuilder();
                foreach (var session in await node.Archive.ListAsync(new SessionFilter { Open = false }, CancellationToken.None))
                    recorded.Append(Encoding.Latin1.GetString(await node.ReplayAsync(session.SessionId, direction)));
                Assert.Contains(masked, recorded.ToString(), StringComparison.Ordinal);
                Assert.DoesNotContain(original, recorded.ToString(), StringComparison.Ordinal);
            });
        }
    }

    [Fact]
    public async Task A_producer_is_told_in_kafkas_words_that_its_record_cannot_be_masked_and_goes_on_with_others()
    {
        const string Rules = "{ rules: [ { name: pan, topics: [pay], direction: to-upstream, json: [$.pan], action: redact } ] }";
        await using var cluster = new KafkaCluster(Upstreams.Server());
        await using var node = await KafkaNode.StartAsync(Upstreams, cluster, Issuer.Options("main"), masking: Rules);
        cluster.Mock.CreateTopic("pay", 1);
        using var producer = new ProducerBuilder<string, string>(KafkaNode.ByPassword<ProducerConfig>(node, KafkaNode.Token(Issuer))).Build();

        var refused = await Assert.ThrowsAsync<ProduceException<string, string>>(() => producer.ProduceAsync("pay", new() { Key = "k", Value = $"no json {Card}" }));
        var taken = await producer.ProduceAsync("pay", new() { Key = "k", Value = "{}" });

        Assert.Equal(ErrorCode.InvalidRecord, refused.Error.Code);
        Assert.Equal(0, taken.Offset.Value);
    }
}

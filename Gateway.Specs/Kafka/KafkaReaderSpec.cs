using Gateway.Protocols;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Reading;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Kafka;

public sealed class KafkaReaderSpec
{
    [Fact]
    public void Records_are_told_by_topic_partition_count_and_offset()
    {
        var (produce, fetch) = (KafkaApi.All[0], KafkaApi.All[1]);
        var request = new StructValue(produce.Request(9).Body).With("Acks", -1L);
        request.Add("TopicData").With("Name", "orders").Add("PartitionData").With("Index", 2).With("Records", GoldenBodies.Batches["gzip"]);
        var produced = new StructValue(produce.Response(9).Body);
        var partition = produced.Add("Responses").With("Name", "orders").Add("PartitionResponses");
        partition.With("Index", 2).With("BaseOffset", 17);
        var asked = new StructValue(fetch.Request(12).Body);
        asked.Add("Topics").With("Topic", "secret").Add("Partitions").With("Partition", 1).With("FetchOffset", 40);
        var told = new StructValue(fetch.Response(12).Body);
        told.Add("Responses").With("Topic", "secret").Add("Partitions").With("PartitionIndex", 1).With("ErrorCode", 29);

        var read = ReadCapture.Read("kafka",
        [
            (Direction.ToUpstream, KafkaFrame.Request(produce.Request(9), 1, "app"u8, request)),
            (Direction.ToUpstream, KafkaFrame.Request(fetch.Request(12), 2, "app"u8, asked)),
            (Direction.ToClient, KafkaFrame.Response(produce.Response(9), 1, produced)),
            (Direction.ToClient, KafkaFrame.Response(fetch.Response(12), 2, told)),
        ]);

        Assert.StartsWith("Produce [orders] v9, id 1, client app, acks -1, orders/2: ", Shown(read[0]), StringComparison.Ordinal);
        Assert.Matches("[1-9][0-9]* records? \\(gzip\\)$", read[0].Detail);
        Assert.Equal(GoldenBodies.Batches["gzip"], read[0].Payload.ToArray());
        Assert.Equal(
            [
                "Fetch [secret] v12, id 2, client app, secret/1: from 40",
                "Produce [orders] v9, id 1, orders/2: at 17",
                "Fetch [secret] v12, id 2, secret/1: error 29 (TOPIC_AUTHORIZATION_FAILED)",
            ],
            read.Skip(1).Select(Shown));
    }

    [Fact]
    public void A_topic_that_is_named_by_its_id_is_told_by_its_name_once_the_recording_tells_it_and_by_the_id_before()
    {
        var (fetch, metadata) = (KafkaApi.All[1], KafkaApi.All[3]);
        var id = NamedMessages.IdOf("orders");
        var asked = new StructValue(fetch.Request(13).Body);
        asked.Add("Topics").With("TopicId", (object)id.ToByteArray(bigEndian: true)).Add("Partitions").With("Partition", 1).With("FetchOffset", 40);
        var byId = new StructValue(metadata.Request(12).Body).With("AllowAutoTopicCreation", 0);
        byId.Add("Topics").With("TopicId", (object)id.ToByteArray(bigEndian: true)).With("Name", (string?)null);
        var told = new StructValue(metadata.Response(12).Body);
        told.Add("Topics").With("Name", "orders").With("TopicId", (object)id.ToByteArray(bigEndian: true)).Add("Partitions").With("PartitionIndex", 1);

        var read = ReadCapture.Read("kafka",
        [
            (Direction.ToUpstream, KafkaFrame.Request(fetch.Request(13), 1, "app"u8, asked)),
            (Direction.ToUpstream, KafkaFrame.Request(metadata.Request(12), 2, "app"u8, byId)),
            (Direction.ToClient, KafkaFrame.Response(fetch.Response(13), 1, new StructValue(fetch.Response(13).Body))),
            (Direction.ToClient, KafkaFrame.Response(metadata.Response(12), 2, told)),
            (Direction.ToUpstream, KafkaFrame.Request(fetch.Request(13), 3, "app"u8, asked)),
        ]);

        Assert.Equal(
            [
                $"Fetch [{id}] v13, id 1, client app, {id}/1: from 40",
                $"Metadata [{id}] v12, id 2, client app",
                "Fetch [] v13, id 1",
                "Metadata [orders] v12, id 2",
                "Fetch [orders] v13, id 3, client app, orders/1: from 40",
            ],
            read.Select(Shown));
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(22, ", error 22 (ILLEGAL_GENERATION)")]
    [InlineData(25, ", error 25 (UNKNOWN_MEMBER_ID)")]
    [InlineData(27, ", error 27 (REBALANCE_IN_PROGRESS)")]
    [InlineData(9999, ", error 9999")]
    public void Errors_are_told_by_their_numbers_and_those_that_are_known_by_their_words(short error, string told)
    {
        var heartbeat = KafkaApi.All[12];
        var answer = new StructValue(heartbeat.Response(1).Body).With("ErrorCode", error);

        var read = ReadCapture.Read("kafka",
        [
            (Direction.ToUpstream, KafkaFrame.Request(heartbeat.Request(1), 1, new StructValue(heartbeat.Request(1).Body))),
            (Direction.ToClient, KafkaFrame.Response(heartbeat.Response(1), 1, answer)),
        ]);

        Assert.Equal($"v1, id 1{told}", read[1].Detail);
    }

    [Fact]
    public void An_answer_of_the_gateways_own_to_what_did_not_go_on_is_told_as_one()
    {
        var api = KafkaApi.All[3];

        var read = ReadCapture.Read("kafka", [(Direction.ToClient, KafkaFrame.Response(api.Response(1), 9, new StructValue(api.Response(1).Body)))]);

        Assert.Equal("Response [] id 9, of a request that did not go on", Shown(Assert.Single(read)));
    }

    [Fact]
    public void A_frame_that_was_cut_short_and_one_that_is_malformed_are_told_so_and_what_follows_is_read()
    {
        var layout = KafkaApi.All[19].Request(2);
        var body = new StructValue(layout.Body);
        body.Add("Topics").With("Name", "orders");
        var sound = KafkaFrame.Request(layout, 1, body);
        byte[] malformed = [.. sound];
        // The name's length.
        malformed[sound.AsSpan().IndexOf("orders"u8) - 1] = 0xFF;

        var read = ReadCapture.Read("kafka", [(Direction.ToUpstream, [.. malformed, .. sound, .. sound[..^3]])]);

        Assert.Equal([true, false, true], read.Select(o => o.IsUnread));
        Assert.EndsWith("cut short, 3 bytes are missing", read[2].Detail, StringComparison.Ordinal);
        Assert.Equal(3 * sound.Length - 3, read.Sum(o => o.Length));
    }

    static string Shown(DecodedOperation o) => $"{o.Name} [{string.Join(' ', o.Resources)}] {o.Detail}";
}

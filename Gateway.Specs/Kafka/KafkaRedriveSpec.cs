using System.Buffers;
using System.Buffers.Binary;
using Gateway.Protocols.Kafka;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Records;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Kafka.Wire;
using Gateway.Protocols.Redriving;
using Xunit;

namespace Gateway.Specs.Kafka;

public sealed class KafkaRedriveSpec
{
    static readonly KafkaApi s_produce = KafkaApi.All[0];

    readonly KafkaRedrive _redrive = new();
    readonly List<RedrivenPart> _parts = [];

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(int.MaxValue)]
    public void Only_records_are_said_again_at_whatever_byte_the_recording_is_cut(int cut)
    {
        var metadata = KafkaApi.All[3].Request(1);
        byte[] recorded =
        [
            // A token of SASL before Kafka 1.0, as recordings keep it.
            0, 0, 0, 0, .. KafkaFrame.Request(metadata, 1, new StructValue(metadata.Body)), .. Produce("gzip"), .. Produce("none"),
        ];

        foreach (var piece in recorded.Chunk(cut)) _redrive.Read(7, piece, _parts);

        Assert.True(_redrive.CanLogIn);
        Assert.Equal([7, 7], _parts.Select(p => p.At));
        Assert.Equal(0, _redrive.Skipped);
    }

    [Fact]
    public void A_batch_of_an_idempotent_producer_is_said_again_as_one_of_no_producer_with_its_checksum_right()
    {
        _redrive.Read(7, Produce("idempotent"), _parts);
        LogIn();

        var target = new ArrayBufferWriter<byte>();
        _redrive.Write(Assert.Single(_parts), target);

        var batch = Records(target.WrittenSpan);
        Assert.Equal(
            (-1L, -1, -1),
            (BinaryPrimitives.ReadInt64BigEndian(batch.AsSpan(43)), BinaryPrimitives.ReadInt16BigEndian(batch.AsSpan(51)), BinaryPrimitives.ReadInt32BigEndian(batch.AsSpan(53))));
        Assert.Equal(Crc32C.Of(batch.AsSpan(21)), BinaryPrimitives.ReadUInt32BigEndian(batch.AsSpan(17)));
    }

    [Fact]
    public void Records_of_a_transaction_and_what_is_no_batch_are_skipped()
    {
        var transactional = GoldenBodies.Batches["none"].ToArray();
        transactional[22] |= 16;
        _redrive.Read(7, [.. ProduceOf(transactional), .. ProduceOf([1, 2, 3])], _parts);

        Assert.Equal((0, 2), (_parts.Count, _redrive.Skipped));
    }

    [Fact]
    public void What_is_refused_is_counted_and_a_login_that_is_refused_ends_it()
    {
        _redrive.Read(7, Produce("none"), _parts);
        LogIn();
        _redrive.Write(_parts[0], new ArrayBufferWriter<byte>());
        var refused = new StructValue(s_produce.Response(12).Body);
        refused.Add("Responses").With("Name", "orders").Add("PartitionResponses").With("ErrorCode", 29);
        Assert.Equal(1, _redrive.Awaited);

        _redrive.Receive(KafkaFrame.Response(s_produce.Response(12), 4, refused), new ArrayBufferWriter<byte>());

        Assert.Equal((0, 1, null), (_redrive.Awaited, _redrive.Refused, _redrive.Ended));

        var other = new KafkaRedrive();
        LogIn(other, error: 58);
        Assert.Equal((false, "the login was refused: no"), (other.IsReady, other.Ended));
    }

    void LogIn() => LogIn(_redrive, error: 0);

    static void LogIn(KafkaRedrive redrive, long error)
    {
        var nobody = new ArrayBufferWriter<byte>();
        redrive.LogIn("token", "me", nobody);
        redrive.Receive(KafkaRanges.Everything.Answer(0, 1), nobody);
        var handshake = KafkaApi.All[17].Response(1);
        foreach (var part in KafkaFrame.Response(handshake, 2, new StructValue(handshake.Body)).Chunk(3)) redrive.Receive(part, nobody);
        var authenticate = KafkaApi.All[36].Response(1);
        redrive.Receive(KafkaFrame.Response(authenticate, 3, new StructValue(authenticate.Body).With("ErrorCode", error).With("ErrorMessage", "no")), nobody);
    }

    static byte[] Records(ReadOnlySpan<byte> frame)
    {
        RequestHead.TryRead(frame, out var head);
        var request = new MessageReader().Read(s_produce.Request(12), frame[head.Length..], 100)!;
        return (byte[])request.Structs("TopicData").Single().Structs("PartitionData").Single()["Records"]!;
    }

    static byte[] Produce(string batch) => ProduceOf(GoldenBodies.Batches[batch]);

    static byte[] ProduceOf(byte[] records)
    {
        var layout = s_produce.Request(9);
        var request = new StructValue(layout.Body).With("Acks", 1L);
        request.Add("TopicData").With("Name", "orders").Add("PartitionData").With("Records", (object)records);
        return KafkaFrame.Request(layout, 5, request);
    }
}

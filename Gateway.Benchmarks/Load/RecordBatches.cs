using System.Buffers.Binary;
using Gateway.Protocols.Kafka.Records;

namespace Gateway.Benchmarks.Load;

/// <summary>Record batches of Kafka's format 2, uncompressed: what a producer that waits a little sends. Kafka's protocol guide, RecordBatch.</summary>
static class RecordBatches
{
    const int HeadBytes = 61, LengthAt = 8, LengthEnd = 12, MagicAt = 16, CrcAt = 17, AttributesAt = 21, LastOffsetDeltaAt = 23, ProducerAt = 43, CountAt = 57;

    public static byte[] Of(IReadOnlyList<byte[]> values)
    {
        var batch = new List<byte>(new byte[HeadBytes]);
        for (var i = 0; i < values.Count; i++)
        {
            // attributes, timestamp delta, offset delta, no key, the value, no headers.
            byte[] record = [0, 0, .. Varint(i), .. Varint(-1), .. Varint(values[i].Length), .. values[i], 0];
            batch.AddRange([.. Varint(record.Length), .. record]);
        }

        var bytes = batch.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(LengthAt), bytes.Length - LengthEnd);
        bytes[MagicAt] = 2;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(LastOffsetDeltaAt), values.Count - 1);
        // No producer id, epoch or sequence.
        bytes.AsSpan(ProducerAt, CountAt - ProducerAt).Fill(0xFF);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(CountAt), values.Count);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(CrcAt), Crc32C.Of(bytes.AsSpan(AttributesAt)));
        return bytes;
    }

    static IEnumerable<byte> Varint(int number)
    {
        var zigzag = (uint)(number << 1 ^ number >> 31);
        for (; zigzag > 127; zigzag >>= 7) yield return (byte)(zigzag | 0x80);
        yield return (byte)zigzag;
    }
}

using System.Buffers.Binary;
using System.Text;
using Gateway.Actors.Protocol;
using Gateway.Protocols;
using Gateway.Protocols.Kafka.Records;
using Gateway.Protocols.Masking;

namespace Gateway.Specs.Kafka;

/// <summary>Record batches of format 2, written and read in another way than the product does.</summary>
static class Batches
{
    public const short Transactional = 1 << 4;
    public const short Control = 1 << 5;

    public sealed record Record(string? Key, string? Value, params (string Name, string? Value)[] Headers);

    public static byte[] Write(RecordCodec codec, short attributes, params Record[] records)
    {
        var body = new MemoryStream();
        for (var i = 0; i < records.Length; i++)
        {
            var record = new MemoryStream();
            record.WriteByte(0);
            Varint(record, 1000L * i);
            Varint(record, i);
            Part(record, records[i].Key);
            Part(record, records[i].Value);
            Varint(record, records[i].Headers.Length);
            foreach (var (name, value) in records[i].Headers)
            {
                Part(record, name);
                Part(record, value);
            }

            Varint(body, record.Length);
            record.WriteTo(body);
        }

        return Sealed(codec, attributes, records.Length, body.ToArray());
    }

    public static byte[] Sealed(RecordCodec codec, short attributes, int count, byte[] records)
    {
        var compressed = new PooledWriter();
        if (codec == RecordCodec.None) compressed.Write(records);
        else RecordCompression.Instance.Compress(codec, records, compressed);
        var batch = new byte[61 + compressed.Length];
        BinaryPrimitives.WriteInt64BigEndian(batch, 42);
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(8), batch.Length - 12);
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(12), 3);
        batch[16] = 2;
        BinaryPrimitives.WriteInt16BigEndian(batch.AsSpan(21), (short)(attributes | (short)codec));
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(23), count - 1);
        BinaryPrimitives.WriteInt64BigEndian(batch.AsSpan(27), 1_700_000_000_000);
        BinaryPrimitives.WriteInt64BigEndian(batch.AsSpan(35), 1_700_000_009_000);
        BinaryPrimitives.WriteInt64BigEndian(batch.AsSpan(43), 77);
        BinaryPrimitives.WriteInt16BigEndian(batch.AsSpan(51), 5);
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(53), 9);
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(57), count);
        compressed.Span.CopyTo(batch.AsSpan(61));
        return Checked(batch);
    }

    /// <summary>The batch with the checksum it should have.</summary>
    public static byte[] Checked(byte[] batch)
    {
        BinaryPrimitives.WriteUInt32BigEndian(batch.AsSpan(17), Crc32C.Of(batch.AsSpan(21)));
        return batch;
    }

    /// <summary>The records of a batch, decompressed.</summary>
    public static byte[] Plain(ReadOnlySpan<byte> batch)
    {
        var codec = (RecordCodec)(batch[22] & 7);
        if (codec == RecordCodec.None) return batch[61..].ToArray();
        var plain = new PooledWriter();
        return RecordCompression.Instance.TryDecompress(codec, batch[61..], 1 << 24, plain) ? plain.Span.ToArray() : throw new InvalidDataException();
    }

    static void Part(MemoryStream stream, string? text)
    {
        var bytes = text is null ? [] : Encoding.UTF8.GetBytes(text);
        Varint(stream, text is null ? -1 : bytes.Length);
        stream.Write(bytes);
    }

    static void Varint(MemoryStream stream, long value)
    {
        var raw = (ulong)((value << 1) ^ (value >> 63));
        while (raw > 127)
        {
            stream.WriteByte((byte)(raw & 127 | 128));
            raw >>= 7;
        }

        stream.WriteByte((byte)raw);
    }
}

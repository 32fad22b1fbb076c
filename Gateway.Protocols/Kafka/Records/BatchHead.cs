using System.Buffers.Binary;
using Gateway.Protocols.Masking;

namespace Gateway.Protocols.Kafka.Records;

/// <summary>
/// The start of a record batch of format 2: <c>baseOffset(8) length(4) partitionLeaderEpoch(4) magic(1) crc(4) attributes(2) lastOffsetDelta(4)
/// baseTimestamp(8) maxTimestamp(8) producerId(8) producerEpoch(2) baseSequence(4) count(4) records</c>. The length counts the bytes behind
/// it; the checksum covers everything from the attributes on. Kafka's protocol guide, RecordBatch.
/// </summary>
readonly record struct BatchHead(long Total, uint Crc, short Attributes, int Count)
{
    public const int Length = 61;
    public const int LengthAt = 8;
    public const int LengthEnd = 12;
    public const int MagicAt = 16;
    public const int CrcAt = 17;
    public const int AttributesAt = 21;
    public const int ProducerIdAt = 43;
    public const int CountAt = 57;

    public const int Magic = 2;
    public const int CodecBits = 7;
    public const int TransactionalBit = 1 << 4;
    public const int ControlBit = 1 << 5;

    public RecordCodec Codec => (RecordCodec)(Attributes & CodecBits);

    /// <summary>It says how a transaction ended, and holds no record of anybody's.</summary>
    public bool IsControl => (Attributes & ControlBit) != 0;

    /// <summary>Reads it. False, with what is wrong, where it is none; its total is 0 where the batch is cut short.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out BatchHead head, out string fault)
    {
        (head, fault) = (default, "");
        if (bytes.Length <= MagicAt) return true;
        long length = BinaryPrimitives.ReadInt32BigEndian(bytes[LengthAt..]);
        if (bytes[MagicAt] != Magic)
        {
            fault = $"has the message format {bytes[MagicAt]}; only 2 can be masked";
            return false;
        }

        if (length < Length - LengthEnd)
        {
            fault = $"says it has {length} bytes";
            return false;
        }

        var total = LengthEnd + length;
        if (total > bytes.Length) return true;
        head = new(
            total, BinaryPrimitives.ReadUInt32BigEndian(bytes[CrcAt..]), BinaryPrimitives.ReadInt16BigEndian(bytes[AttributesAt..]),
            BinaryPrimitives.ReadInt32BigEndian(bytes[CountAt..]));
        if (Crc32C.Of(bytes[AttributesAt..(int)total]) != head.Crc) fault = "has a wrong checksum";
        else if (head.Count < 0) fault = $"says it has {head.Count} records";
        else if (head.Codec > RecordCodec.Zstd) fault = $"has the unknown codec {(int)head.Codec}";
        return fault.Length == 0;
    }

    /// <summary>Writes the length and the checksum of a batch that was changed.</summary>
    public static void Seal(Span<byte> batch)
    {
        BinaryPrimitives.WriteInt32BigEndian(batch[LengthAt..], batch.Length - LengthEnd);
        BinaryPrimitives.WriteUInt32BigEndian(batch[CrcAt..], Crc32C.Of(batch[AttributesAt..]));
    }
}

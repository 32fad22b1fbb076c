using System.Buffers.Binary;
using Gateway.Protocols.Kafka.Records;

namespace Gateway.Protocols.Kafka.Reading;

/// <summary>
/// Makes of a batch one of no producer: its number in the sequence of an idempotent producer would be refused, or taken for one that came already.
/// Layout of a batch: Kafka's protocol guide, RecordBatch of version 2.
/// </summary>
static class RedrivenBatch
{
    const int Length = 8;
    const int LeaderEpoch = 12;
    const int Magic = 16;
    const int Crc = 17;
    const int Attributes = 21;
    const int ProducerId = 43;
    const int Count = 57;
    const int Head = 61;
    const int Transactional = 16;
    const int Control = 32;

    /// <summary>
    /// Changes the batch. False where it is none that can be said again: of a transaction, which may have been taken back, of an older format, or more
    /// than one.
    /// </summary>
    public static bool TryRelease(Span<byte> batch)
    {
        if (batch.Length < Head || batch[Magic] != 2 || BinaryPrimitives.ReadInt32BigEndian(batch[Length..]) != batch.Length - LeaderEpoch) return false;
        if ((BinaryPrimitives.ReadInt16BigEndian(batch[Attributes..]) & (Transactional | Control)) != 0) return false;
        // Producer id, epoch and first sequence number: -1, -1, -1.
        batch[ProducerId..Count].Fill(0xFF);
        BinaryPrimitives.WriteUInt32BigEndian(batch[Crc..], Crc32C.Of(batch[Attributes..]));
        return true;
    }
}

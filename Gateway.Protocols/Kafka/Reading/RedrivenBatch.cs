using System.Buffers.Binary;
using Gateway.Protocols.Kafka.Records;

namespace Gateway.Protocols.Kafka.Reading;

/// <summary>
/// Makes of a batch one of no producer: its number in the sequence of an idempotent producer would be refused, or taken for one that came already.
/// </summary>
static class RedrivenBatch
{
    /// <summary>
    /// Changes the batch. False where it is none that can be said again: of a transaction, which may have been taken back, of an older format, or more
    /// than one.
    /// </summary>
    public static bool TryRelease(Span<byte> batch)
    {
        if (batch.Length < BatchHead.Length || batch[BatchHead.MagicAt] != BatchHead.Magic) return false;
        if (BinaryPrimitives.ReadInt32BigEndian(batch[BatchHead.LengthAt..]) != batch.Length - BatchHead.LengthEnd) return false;
        var attributes = BinaryPrimitives.ReadInt16BigEndian(batch[BatchHead.AttributesAt..]);
        if ((attributes & (BatchHead.TransactionalBit | BatchHead.ControlBit)) != 0) return false;
        // Producer id, epoch and first sequence number: -1, -1, -1.
        batch[BatchHead.ProducerIdAt..BatchHead.CountAt].Fill(0xFF);
        BatchHead.Seal(batch);
        return true;
    }
}

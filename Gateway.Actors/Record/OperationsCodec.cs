using System.Buffers;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Record;

/// <summary>Makes recorded operations readable with the session's key only: topics and statements may say as much as what they carried.</summary>
public static class OperationsCodec
{
    /// <summary>Compresses and encrypts the operations. Throws <see cref="InvalidOperationException"/> where they are more than an event may hold.</summary>
    public static OperationsEncrypted Encrypt(string sessionId, uint index, OperationsRecorded recorded, RecordingKey key)
    {
        var plain = new ArrayBufferWriter<byte>();
        OperationLayouts.WriteAll(new EventWriter(plain), recorded.Operations);
        if (plain.WrittenCount > EventLimits.OperationsPlain)
            throw new InvalidOperationException($"{plain.WrittenCount} bytes of operations; the cap is {EventLimits.OperationsPlain}.");
        var stored = GC.AllocateUninitializedArray<byte>(plain.WrittenCount + ContentSeal.TagLength);
        var compressed = ChunkCodec.TryCompress(plain.WrittenSpan, stored.AsSpan(0, plain.WrittenCount));
        var payload = compressed < 0 ? plain.WrittenSpan : stored.AsSpan(0, compressed);
        var e = new OperationsEncrypted
        {
            Index = index,
            StartedAt = recorded.StartedAt,
            ToUpstreamBytes = recorded.ToUpstreamBytes,
            ToClientBytes = recorded.ToClientBytes,
            Compression = compressed < 0 ? Compression.None : Compression.Zstandard,
            PlainLength = plain.WrittenCount,
            Payload = stored.AsMemory(0, payload.Length + ContentSeal.TagLength),
        };
        ContentSeal.Seal(key.Bytes, SealedPlace.Of(sessionId, e), payload, stored.AsSpan(0, e.Payload.Length));
        return e;
    }

    /// <summary>The operations again. Throws <see cref="InvalidDataException"/> where they do not open with the key, or there is none.</summary>
    public static OperationsRecorded Open(string sessionId, OperationsEncrypted e, RecordingKey? key)
    {
        if (key is null) throw new InvalidDataException($"Operations {e.Index} are encrypted, and there is no key to them; name the file of the cluster's key");
        if (!TryOpen(sessionId, e, key, out var operations)) throw new InvalidDataException($"Operations {e.Index} do not open with the recording's key.");
        return new OperationsRecorded
        {
            StartedAt = e.StartedAt,
            ToUpstreamBytes = e.ToUpstreamBytes,
            ToClientBytes = e.ToClientBytes,
            Operations = operations,
        };
    }

    /// <summary>False: another key, another place, altered, or not what operations are written as.</summary>
    public static bool TryOpen(string sessionId, OperationsEncrypted e, RecordingKey key, out IReadOnlyList<RecordedOperation> operations)
    {
        operations = [];
        if (e.Payload.Length < ContentSeal.TagLength || e.PlainLength is < 0 or > EventLimits.OperationsPlain) return false;
        var opened = GC.AllocateUninitializedArray<byte>(e.Payload.Length - ContentSeal.TagLength);
        if (!ContentSeal.TryOpen(key.Bytes, SealedPlace.Of(sessionId, e), e.Payload.Span, opened)) return false;
        var plain = GC.AllocateUninitializedArray<byte>(e.PlainLength);
        if (ChunkCodec.Restore(e.Compression, opened, plain) != plain.Length) return false;
        try
        {
            var from = new EventReader(plain);
            operations = OperationLayouts.ReadAll(ref from);
            return from.Remaining == 0;
        }
        catch (JournalFormatException)
        {
            return false;
        }
    }
}

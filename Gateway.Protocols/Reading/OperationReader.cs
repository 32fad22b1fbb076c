namespace Gateway.Protocols.Reading;

/// <summary>
/// Reads the recorded bytes of a session as the operations of its protocol: bytes in, in the order they were relayed and at whatever byte they are
/// cut; operations out, each once its last byte is there. It judges nothing, holds no more than <see cref="ReaderLimits"/>, and never throws
/// for what it is given: where a direction stops making sense, everything from that operation on comes out as
/// <see cref="DecodedOperation.IsUnread"/>, so that every byte is in one operation or the other. For one thread at a time.
/// </summary>
public abstract class OperationReader
{
    /// <summary>The reader of that protocol; of one that is not known or has no operations, one that hands out the bytes.</summary>
    /// <param name="protocol">Its name.</param>
    /// <param name="limits">What it may hold.</param>
    /// <param name="facts">What is known of the upstream besides, by which more may be told; null: nothing.</param>
    public static OperationReader Of(string protocol, ReaderLimits limits, UpstreamFacts? facts = null) =>
        ProtocolCatalog.Find(protocol)?.Reader?.Invoke(limits, facts) ?? new OpaqueReader(limits);

    /// <summary>Reads the next bytes of one direction, relayed at that time (micros since 1970), and adds what is complete now.</summary>
    public abstract void Read(long at, Direction direction, ReadOnlySpan<byte> bytes, List<DecodedOperation> into);

    /// <summary>No more will come: adds what began and did not end, as unread.</summary>
    public abstract void Finish(long at, List<DecodedOperation> into);
}

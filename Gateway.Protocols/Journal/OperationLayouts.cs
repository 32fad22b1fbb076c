namespace Gateway.Protocols.Journal;

/// <summary>The body of the event of recorded operations. The layout uses the primitives of <see cref="EventWriter"/>.</summary>
public static class OperationLayouts
{
    /// <summary>Bytes of the shortest operation: direction, four numbers and lengths, two texts, a list.</summary>
    const int Least = 7;

    /// <summary>
    /// <c>s.operations.1</c>: started time, to-upstream bytes varint, to-client bytes varint, operation count varint, then each operation as direction
    /// byte, after-micros varint, length varint, payload length varint, name text, detail text, resource count varint, resource text each.
    /// </summary>
    public static void WriteOperations(EventWriter to, OperationsRecorded e)
    {
        to.Time(e.StartedAt);
        to.Count(e.ToUpstreamBytes);
        to.Count(e.ToClientBytes);
        WriteAll(to, e.Operations);
    }

    public static OperationsRecorded ReadOperations(ref EventReader from) => new()
    {
        StartedAt = from.Time(),
        ToUpstreamBytes = from.Size(),
        ToClientBytes = from.Size(),
        Operations = ReadAll(ref from),
    };

    /// <summary>
    /// <c>s.operations.2</c>: index varint, started time, to-upstream bytes varint, to-client bytes varint, compression byte, plain length varint, payload
    /// bytes.
    /// </summary>
    public static void WriteEncrypted(EventWriter to, OperationsEncrypted e)
    {
        to.VarInt(e.Index);
        to.Time(e.StartedAt);
        to.Count(e.ToUpstreamBytes);
        to.Count(e.ToClientBytes);
        to.Byte((byte)e.Compression);
        to.ListLength(e.PlainLength, EventLimits.OperationsPlain);
        to.Bytes(e.Payload.Span, EventLimits.StoredOperations);
    }

    public static OperationsEncrypted ReadEncrypted(ref EventReader from) => new()
    {
        Index = (uint)from.VarInt(uint.MaxValue),
        StartedAt = from.Time(),
        ToUpstreamBytes = from.Size(),
        ToClientBytes = from.Size(),
        Compression = (Compression)from.Known((byte)Compression.Zstandard, 0, "compression"),
        PlainLength = from.Count(EventLimits.OperationsPlain),
        Payload = from.Bytes(EventLimits.StoredOperations).ToArray(),
    };

    /// <summary>Operation count varint, then each operation: the plain form of what <c>s.operations.2</c> holds.</summary>
    public static void WriteAll(EventWriter to, IReadOnlyList<RecordedOperation> operations)
    {
        to.ListLength(operations.Count, EventLimits.Operations);
        foreach (var operation in operations)
        {
            to.Byte((byte)operation.Direction);
            to.VarInt(operation.AfterMicros);
            to.Count(operation.Length);
            to.Count(operation.PayloadLength);
            to.Text(operation.Name);
            to.Text(operation.Detail);
            to.ListLength(operation.Resources.Count, EventLimits.Resources);
            foreach (var resource in operation.Resources)
                to.Text(resource);
        }
    }

    /// <summary>Reads that. Throws <see cref="JournalFormatException"/>.</summary>
    public static RecordedOperation[] ReadAll(ref EventReader from)
    {
        var operations = new RecordedOperation[from.ListLength(EventLimits.Operations, Least)];
        for (var i = 0; i < operations.Length; i++)
        {
            operations[i] = new RecordedOperation
            {
                Direction = (Direction)from.Known((byte)Direction.ToClient, (byte)Direction.ToUpstream, "direction"),
                AfterMicros = (uint)from.VarInt(uint.MaxValue),
                Length = from.Size(),
                PayloadLength = from.Size(),
                Name = from.Text(),
                Detail = from.Text(),
                Resources = ReadResources(ref from),
            };
        }
        return operations;
    }

    static string[] ReadResources(ref EventReader from)
    {
        var resources = new string[from.ListLength(EventLimits.Resources, elementBytes: 1)];
        for (var i = 0; i < resources.Length; i++)
            resources[i] = from.Text();
        return resources;
    }
}

namespace Gateway.Protocols.Reading;

/// <summary>For streams without operations: every piece is one, of the name <see cref="DecodedOperation.Bytes"/>.</summary>
public sealed class OpaqueReader(ReaderLimits limits) : OperationReader
{
    readonly long[] _offsets = new long[2];

    public override void Read(long at, Direction direction, ReadOnlySpan<byte> bytes, List<DecodedOperation> into)
    {
        ref var offset = ref _offsets[(int)direction];
        into.Add(new DecodedOperation
        {
            At = at,
            Direction = direction,
            Offset = offset,
            Length = bytes.Length,
            Name = DecodedOperation.Bytes,
            Payload = bytes[..Math.Min(bytes.Length, limits.Payload)].ToArray(),
            PayloadLength = bytes.Length,
        });
        offset += bytes.Length;
    }

    public override void Finish(long at, List<DecodedOperation> into)
    {
    }
}

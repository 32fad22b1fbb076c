using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Protocols.Reading;

namespace Gateway.Actors.Replay;

/// <summary>
/// Reads what a recording holds, bytes or operations: bytes by the reader of their protocol, operations as they were kept. Give <see cref="Keep"/> to
/// <see cref="SessionReplay"/>, which calls it with the latter.
/// </summary>
public sealed class KeptOperations(OperationReader reader) : OperationReader
{
    readonly List<DecodedOperation> _kept = [];
    readonly long[] _offsets = new long[2];

    public void Keep(OperationsRecorded recorded)
    {
        foreach (var kept in recorded.Operations)
        {
            ref var offset = ref _offsets[(int)kept.Direction];
            _kept.Add(new DecodedOperation
            {
                At = recorded.StartedAt + kept.AfterMicros,
                Direction = kept.Direction,
                Offset = offset,
                Length = kept.Length,
                Name = kept.Name,
                Resources = kept.Resources,
                Detail = kept.Detail,
                PayloadLength = kept.PayloadLength,
            });
            offset += kept.Length;
        }
    }

    public override void Read(long at, Direction direction, ReadOnlySpan<byte> bytes, List<DecodedOperation> into)
    {
        into.AddRange(_kept);
        _kept.Clear();
        if (!bytes.IsEmpty) reader.Read(at, direction, bytes, into);
    }

    public override void Finish(long at, List<DecodedOperation> into) => reader.Finish(at, into);
}

using System.Text;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Protocols.Reading;

namespace Gateway.Actors.Record;

/// <summary>
/// Reads relayed bytes as the operations of their protocol and gathers these for the next <see cref="OperationsRecorded"/>. Payload is passed over. For
/// one thread at a time.
/// </summary>
public sealed class OperationLog(OperationReader reader, TimeProvider time)
{
    /// <summary>What is worth an event of its own, in UTF-16 units of text. Origin: chunks of traffic are as large.</summary>
    const int MostUnits = ChunkDraft.Capacity;

    /// <summary>UTF-16 units of one text: of 3 bytes each they fit.</summary>
    const int MostOfText = EventLimits.Text / 3;

    /// <summary>Room for operations of one chunk that is kept for the next.</summary>
    const int MostKept = 64;

    readonly List<DecodedOperation> _read = [];
    List<RecordedOperation> _operations = [];
    int _units;
    long _startedAt;
    long _startedStamp;
    long _toUpstream;
    long _toClient;

    /// <summary>The limits of a reader for this: it keeps no payload.</summary>
    public static ReaderLimits Limits { get; } = new() { Payload = 0 };

    public bool IsEmpty => _operations.Count == 0 && _toUpstream + _toClient == 0;

    /// <summary>It is time for <see cref="Take"/>, whatever the clock says.</summary>
    public bool IsFull => _operations.Count >= EventLimits.Operations || _units >= MostUnits;

    /// <summary>Takes in relayed bytes. Calls <paramref name="full"/> with an event whenever one is full.</summary>
    public void Add(Direction direction, ReadOnlySpan<byte> bytes, Action<OperationsRecorded> full)
    {
        if (IsEmpty) (_startedAt, _startedStamp) = (UnixMicros.Of(time.GetUtcNow()), time.GetTimestamp());
        if (direction == Direction.ToUpstream) _toUpstream += bytes.Length;
        else _toClient += bytes.Length;
        reader.Read(0, direction, bytes, _read);
        Gather(full);
    }

    /// <summary>Nothing more comes: what began and did not end is an operation too.</summary>
    public void Finish(Action<OperationsRecorded> full)
    {
        reader.Finish(0, _read);
        Gather(full);
    }

    /// <summary>The event of what was gathered; null when nothing was.</summary>
    public OperationsRecorded? Take()
    {
        if (IsEmpty) return null;
        var taken = new OperationsRecorded { StartedAt = _startedAt, ToUpstreamBytes = _toUpstream, ToClientBytes = _toClient, Operations = _operations };
        (_operations, _units, _toUpstream, _toClient) = ([], 0, 0, 0);
        return taken;
    }

    void Gather(Action<OperationsRecorded> full)
    {
        foreach (var operation in _read)
        {
            if (IsEmpty) (_startedAt, _startedStamp) = (UnixMicros.Of(time.GetUtcNow()), time.GetTimestamp());
            _operations.Add(Kept(operation));
            if (IsFull && Take() is { } taken) full(taken);
        }

        _read.Clear();
        if (_read.Capacity > MostKept) _read.TrimExcess();
    }

    RecordedOperation Kept(DecodedOperation operation)
    {
        var after = time.GetElapsedTime(_startedStamp).TotalMicroseconds;
        string[] resources = [.. operation.Resources.Take(EventLimits.Resources).Select(Text)];
        _units += operation.Name.Length + operation.Detail.Length + resources.Sum(resource => resource.Length);
        return new RecordedOperation
        {
            Direction = operation.Direction,
            AfterMicros = (uint)Math.Clamp(after, 0, uint.MaxValue),
            Length = operation.Length,
            PayloadLength = operation.PayloadLength,
            Name = Text(operation.Name),
            Detail = Text(operation.Detail),
            Resources = resources,
        };
    }

    // An MQTT topic may have as many bytes as a text; only of one that has many more units than bytes could any be lost, and there is none.
    static string Text(string text) => text.Length <= MostOfText || Encoding.UTF8.GetByteCount(text) <= EventLimits.Text ? text : text[..MostOfText];
}

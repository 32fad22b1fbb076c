using System.Buffers;

namespace Gateway.Protocols.Reading;

/// <summary>One direction of a <see cref="FramedReader"/>: holds a head until it is whole, and the first bytes of a payload until it ends.</summary>
sealed class FrameLane(FramedReader reader, Direction direction)
{
    /// <summary>What a buffer may keep between two operations: live sessions are read too, and most of them are idle.</summary>
    const int MostKept = 1024;

    ArrayBufferWriter<byte> _head = new();
    ArrayBufferWriter<byte> _payload = new();
    DecodedOperation? _current;
    long _left;
    long _offset;
    string? _fault;

    public void Read(long at, ReadOnlySpan<byte> bytes, List<DecodedOperation> into)
    {
        while (!bytes.IsEmpty)
        {
            if (_fault is not null)
            {
                Unread(at, bytes, "", into);
                return;
            }

            bytes = _current is null ? Head(at, bytes, into) : Payload(at, bytes, into);
        }
    }

    /// <summary>What began and did not end.</summary>
    public void Finish(long at, List<DecodedOperation> into)
    {
        if (_current is { } cut)
        {
            into.Add(Whole(cut, at) with { Length = cut.Length - _left, IsUnread = true, Detail = Joined(cut.Detail, $"cut short, {_left} bytes are missing") });
            _offset += cut.Length - _left;
        }
        else if (_head.WrittenCount > 0)
        {
            Unread(at, _head.WrittenSpan, "an operation begins here and does not end", into);
        }

        (_current, _left) = (null, 0);
        Empty(ref _head);
        Empty(ref _payload);
    }

    /// <summary>Takes from the front what the head still lacks; the rest is for the next step.</summary>
    ReadOnlySpan<byte> Head(long at, ReadOnlySpan<byte> bytes, List<DecodedOperation> into)
    {
        while (true)
        {
            var inPlace = _head.WrittenCount == 0;
            var known = inPlace ? bytes : _head.WrittenSpan;
            var measure = reader.Measure(direction, known);
            if (measure.Fault is null && measure.Head > reader.Limits.Head)
                measure = FrameMeasure.Bad($"a head of more than {reader.Limits.Head} bytes is not decoded");
            if (measure.Fault is { } fault) return Stop(at, inPlace, bytes, fault, into);
            if (measure.Frame > 0 && measure.Head <= known.Length)
                return Begin(at, known[..(int)measure.Head], measure, inPlace, bytes, into);
            if (bytes.IsEmpty) return bytes;
            // In place everything there is belongs to the head; held, no more is taken than was asked for.
            var take = (int)Math.Min(measure.Head - _head.WrittenCount, bytes.Length);
            _head.Write(bytes[..take]);
            bytes = bytes[take..];
        }
    }

    ReadOnlySpan<byte> Begin(
        long at, ReadOnlySpan<byte> head, FrameMeasure measure, bool inPlace, ReadOnlySpan<byte> bytes, List<DecodedOperation> into)
    {
        if (reader.Decode(direction, head, measure.Frame) is not { } decoded)
            return Stop(at, inPlace, bytes, "an operation is malformed", into);
        var rest = inPlace ? bytes[head.Length..] : bytes;
        _left = measure.Frame - head.Length;
        _current = decoded with { Offset = _offset, Length = measure.Frame };
        if (_left > 0) _current = _current with { PayloadLength = _left };
        Empty(ref _head);
        if (_left == 0) Complete(at, into);
        return rest;
    }

    ReadOnlySpan<byte> Payload(long at, ReadOnlySpan<byte> bytes, List<DecodedOperation> into)
    {
        var length = (int)Math.Min(_left, bytes.Length);
        var kept = Math.Min(length, reader.Limits.Payload - _payload.WrittenCount);
        _payload.Write(bytes[..kept]);
        _left -= length;
        if (_left == 0) Complete(at, into);
        return bytes[length..];
    }

    void Complete(long at, List<DecodedOperation> into)
    {
        into.Add(Whole(_current!, at));
        _offset += _current!.Length;
        _current = null;
        Empty(ref _payload);
    }

    DecodedOperation Whole(DecodedOperation operation, long at) =>
        _payload.WrittenCount == 0 ? operation with { At = at } : operation with { At = at, Payload = _payload.WrittenSpan.ToArray() };

    ReadOnlySpan<byte> Stop(long at, bool inPlace, ReadOnlySpan<byte> bytes, string fault, List<DecodedOperation> into)
    {
        _fault = fault;
        if (!inPlace) Unread(at, _head.WrittenSpan, fault, into);
        if (!bytes.IsEmpty) Unread(at, bytes, inPlace ? fault : "", into);
        Empty(ref _head);
        return default;
    }

    void Unread(long at, ReadOnlySpan<byte> bytes, string why, List<DecodedOperation> into)
    {
        into.Add(new DecodedOperation
        {
            At = at,
            Direction = direction,
            Offset = _offset,
            Length = bytes.Length,
            Name = DecodedOperation.Bytes,
            Detail = why,
            IsUnread = true,
            Payload = bytes[..Math.Min(bytes.Length, reader.Limits.Payload)].ToArray(),
            PayloadLength = bytes.Length,
        });
        _offset += bytes.Length;
    }

    static void Empty(ref ArrayBufferWriter<byte> buffer)
    {
        if (buffer.Capacity > MostKept) buffer = new ArrayBufferWriter<byte>();
        else buffer.ResetWrittenCount();
    }

    static string Joined(string first, string second) => first.Length == 0 ? second : $"{first}; {second}";
}

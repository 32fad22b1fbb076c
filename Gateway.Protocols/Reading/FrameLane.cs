using System.Buffers;

namespace Gateway.Protocols.Reading;

/// <summary>One direction of a <see cref="FramedReader"/>: decodes a head once it is whole, and holds the first bytes of a payload until it ends.</summary>
sealed class FrameLane(FramedReader reader, Direction direction) : OperationLane(direction, reader.Limits, "an operation")
{
    ArrayBufferWriter<byte> _payload = new();

    protected override ReadOnlySpan<byte> ReadHead(long at, ReadOnlySpan<byte> bytes, List<DecodedOperation> into)
    {
        while (true)
        {
            var inPlace = Held.WrittenCount == 0;
            var known = inPlace ? bytes : Held.WrittenSpan;
            var measure = reader.Measure(Direction, known);
            if (measure.Fault is null && measure.Head > Limits.Head)
                measure = FrameMeasure.Bad($"a head of more than {Limits.Head} bytes is not decoded");
            if (measure.Fault is { } fault) return Stop(at, inPlace, bytes, fault, into);
            if (measure.Frame > 0 && measure.Head <= known.Length)
                return Begin(at, known[..(int)measure.Head], measure, inPlace, bytes, into);
            if (bytes.IsEmpty) return bytes;
            // In place everything there is belongs to the head; held, no more is taken than was asked for.
            var take = (int)Math.Min(measure.Head - Held.WrittenCount, bytes.Length);
            Held.Write(bytes[..take]);
            bytes = bytes[take..];
        }
    }

    ReadOnlySpan<byte> Begin(
        long at, ReadOnlySpan<byte> head, FrameMeasure measure, bool inPlace, ReadOnlySpan<byte> bytes, List<DecodedOperation> into)
    {
        if (reader.Decode(Direction, head, measure.Frame) is not { } decoded)
            return Stop(at, inPlace, bytes, "an operation is malformed", into);
        var rest = inPlace ? bytes[head.Length..] : bytes;
        var left = measure.Frame - head.Length;
        Begin(left > 0 ? decoded with { PayloadLength = left } : decoded, measure.Frame, left);
        if (left == 0) Complete(at, null, into);
        return rest;
    }

    protected override void Pass(ReadOnlySpan<byte> part) => _payload.Write(part[..Math.Min(part.Length, Limits.Payload - _payload.WrittenCount)]);

    protected override DecodedOperation Whole(DecodedOperation current, string? cut)
    {
        var whole = _payload.WrittenCount == 0 ? current : current with { Payload = _payload.WrittenSpan.ToArray() };
        Empty(ref _payload);
        return cut is null ? whole : whole with { IsUnread = true, Detail = Joined(whole.Detail, cut) };
    }

    ReadOnlySpan<byte> Stop(long at, bool inPlace, ReadOnlySpan<byte> bytes, string fault, List<DecodedOperation> into)
    {
        if (!inPlace) Unread(at, Held.WrittenSpan, fault, into);
        if (!bytes.IsEmpty) Unread(at, bytes, inPlace ? fault : "", into);
        Stop();
        return default;
    }

    static string Joined(string first, string second) => first.Length == 0 ? second : $"{first}; {second}";
}

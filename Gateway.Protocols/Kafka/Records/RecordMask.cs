using Gateway.Protocols.Masking;

namespace Gateway.Protocols.Kafka.Records;

/// <summary>
/// Masks the records of one batch: <c>length attributes(1) timestampDelta offsetDelta key value headers</c> each, all numbers varints, lengths of key and
/// values -1 for null.
/// </summary>
sealed class RecordMask(Masker masker)
{
    readonly PooledWriter _record = new();
    readonly PooledWriter _headers = new();
    readonly PooledWriter _part = new();

    /// <summary>What is wrong, once a call was false.</summary>
    public string Fault { get; private set; } = "";

    /// <summary>Appends as many records as are said, masked. False where they are malformed or cannot be masked.</summary>
    public bool TryMask(ReadOnlySpan<byte> records, int count, MaskingPlan plan, PooledWriter target, out bool isChanged)
    {
        isChanged = false;
        try
        {
            for (; count > 0; count--)
            {
                if (!SignedVarint.TryTake(ref records, 32, out var length) || length < 0 || length > records.Length) return Malformed("a record's length");
                _record.Clear();
                if (!TryMaskOne(records[..(int)length], plan, out var isMasked)) return false;
                var record = isMasked ? _record.Span : records[..(int)length];
                SignedVarint.Write(target, record.Length);
                target.Write(record);
                records = records[(int)length..];
                isChanged |= isMasked;
            }

            return records.IsEmpty || Malformed("bytes behind the last record");
        }
        finally
        {
            _record.LetGo();
            _headers.LetGo();
            _part.LetGo();
        }
    }

    bool TryMaskOne(ReadOnlySpan<byte> record, MaskingPlan plan, out bool isMasked)
    {
        isMasked = false;
        var rest = record;
        if (rest.IsEmpty) return Malformed("an empty record");
        rest = rest[1..];
        if (!SignedVarint.TryTake(ref rest, 64, out _) || !SignedVarint.TryTake(ref rest, 32, out _)) return Malformed("a record's offsets");
        _record.Write(record[..^rest.Length]);
        if (!TryTakePart(ref rest, out var key, out var hasKey) || !TryTakePart(ref rest, out var value, out var hasValue)) return Malformed("a record's key or value");
        if (!TryPut(masker.Key(plan, key, _part), key, hasKey, ref isMasked)) return false;
        if (!TryPut(masker.Value(plan, value, _part), value, hasValue, ref isMasked)) return false;
        return TryMaskHeaders(rest, plan, ref isMasked);
    }

    bool TryMaskHeaders(ReadOnlySpan<byte> rest, MaskingPlan plan, ref bool isMasked)
    {
        var all = rest;
        // A header takes two bytes at least.
        if (!SignedVarint.TryTake(ref rest, 32, out var count) || count < 0 || count > rest.Length / 2) return Malformed("a record's headers");
        if (!plan.HasHeaders)
        {
            _record.Write(all);
            return true;
        }

        var kept = count;
        _headers.Clear();
        for (var left = count; left > 0; left--)
        {
            if (!TryTakePart(ref rest, out var name, out var hasName) || !hasName || !TryTakePart(ref rest, out var value, out var hasValue))
                return Malformed("a record's header");
            _part.Clear();
            var masked = masker.Header(plan, name, value, _part);
            if (masked.Fate == MaskedFate.Refused) return Refused(masked);
            isMasked |= masked.Fate != MaskedFate.Same;
            if (masked.Fate == MaskedFate.Dropped)
            {
                kept--;
                continue;
            }

            Put(name, true, _headers);
            Put(masked.Fate == MaskedFate.Changed ? _part.Span : value, hasValue, _headers);
        }

        if (!rest.IsEmpty) return Malformed("bytes behind a record's headers");
        SignedVarint.Write(_record, kept);
        _record.Write(_headers.Span);
        return true;
    }

    bool TryPut(Masked masked, ReadOnlySpan<byte> part, bool isThere, ref bool isMasked)
    {
        if (masked.Fate == MaskedFate.Refused) return Refused(masked);
        var isChanged = masked.Fate == MaskedFate.Changed;
        isMasked |= isChanged;
        Put(isChanged ? _part.Span : part, isThere, _record);
        _part.Clear();
        return true;
    }

    static void Put(ReadOnlySpan<byte> part, bool isThere, PooledWriter target)
    {
        SignedVarint.Write(target, isThere ? part.Length : -1);
        target.Write(part);
    }

    static bool TryTakePart(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> part, out bool isThere)
    {
        part = default;
        isThere = false;
        if (!SignedVarint.TryTake(ref rest, 32, out var length) || length < -1 || length > rest.Length) return false;
        isThere = length >= 0;
        if (!isThere) return true;
        part = rest[..(int)length];
        rest = rest[(int)length..];
        return true;
    }

    bool Refused(Masked masked)
    {
        Fault = masked.Detail!;
        return false;
    }

    bool Malformed(string what)
    {
        Fault = $"a record batch is malformed: {what}";
        return false;
    }
}

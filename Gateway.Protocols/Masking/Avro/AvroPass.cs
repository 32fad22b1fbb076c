using System.Text.Unicode;

namespace Gateway.Protocols.Masking.Avro;

enum AvroMasked
{
    /// <summary>It was read to its end.</summary>
    Whole,

    /// <summary>It is no value of its schema: from there on it is as it was.</summary>
    Malformed,

    /// <summary>A text that a strict rule looks into is none.</summary>
    NoText,

    /// <summary>A rule cannot be followed.</summary>
    Unmaskable,

    /// <summary>A pattern is found more often than can be looked for.</summary>
    TooMuch,

    /// <summary>What is written gets too long.</summary>
    TooLong,
}

/// <summary>A block of an array or map that says how many bytes it has, of which nothing was written yet.</summary>
readonly record struct AvroBlock(int Start, int End, long Count);

/// <summary>
/// One pass over a value in Avro's binary encoding (Avro 1.12, "Binary Encoding"): copies it byte for byte but for what rules select. Blocks that say their
/// length say their count alone once something in them has changed, which every reader takes.
/// </summary>
ref struct AvroPass
{
    /// <summary>Values without a byte in one payload: an array of nulls says in two bytes that it has millions.</summary>
    public const int MostEmpty = 64 * 1024;

    readonly ReadOnlySpan<byte> _bytes;
    readonly AvroStep _start;
    readonly TextMask _text;
    readonly ulong _strict;
    readonly AvroBlock[] _blocks;
    readonly PooledWriter _scratch;
    readonly PooledWriter _target;
    int _at;
    int _copied;
    int _depth;
    int _pending;
    int _empty;
    AvroMasked _masked;

    /// <param name="bytes">The value, and what stands before it.</param>
    /// <param name="prefix">The bytes before it.</param>
    /// <param name="start">What is done to it.</param>
    /// <param name="text">Masks the texts in it.</param>
    /// <param name="strict">The rules that look into texts only, a bit each.</param>
    /// <param name="blocks">One more than <see cref="Masker.MostDepth"/>, for this pass alone.</param>
    /// <param name="scratch">For this pass alone.</param>
    /// <param name="target">Takes the masked value.</param>
    public AvroPass(
        ReadOnlySpan<byte> bytes, int prefix, AvroStep start, TextMask text, ulong strict, AvroBlock[] blocks, PooledWriter scratch,
        PooledWriter target)
    {
        _bytes = bytes;
        _at = prefix;
        (_start, _text, _strict, _blocks, _scratch, _target, _empty) = (start, text, strict, blocks, scratch, target, MostEmpty);
        Fault = "";
    }

    public bool IsChanged { get; private set; }

    /// <summary>What is wrong, where it was not read to its end.</summary>
    public string Fault { get; private set; }

    /// <summary>The rule of a text that is none.</summary>
    public int Rule { get; private set; }

    public AvroMasked Run()
    {
        if (Walk(_start) && _at < _bytes.Length) Malformed("has bytes behind it");
        _pending = 0;
        if (IsChanged) _target.Write(_bytes[_copied..]);
        return _masked;
    }

    bool Walk(AvroStep step)
    {
        switch (step.Fate)
        {
            case AvroFate.Keep:
                return Pass(step);
            case AvroFate.Refuse:
                Fault = step.Fault!;
                return Fail(AvroMasked.Unmaskable);
            case AvroFate.Constant:
                var start = _at;
                return Walk(step.Plain!) && Put(start, step.Rule, step.Constant);
            default:
                return Text(step);
        }
    }

    bool Pass(AvroStep step)
    {
        switch (step.Type)
        {
            case AvroType.Null:
                return true;
            case AvroType.Boolean:
                return _at < _bytes.Length && _bytes[_at] <= 1 ? Skip(1) : Malformed("has a boolean that is none");
            case AvroType.Int or AvroType.Long:
                return TryNumber(step.Type == AvroType.Int ? 32 : 64, out _);
            case AvroType.Float:
                return Skip(sizeof(float));
            case AvroType.Double:
                return Skip(sizeof(double));
            case AvroType.Bytes or AvroType.String:
                return TryLength(out var length) && Skip(length);
            case AvroType.Fixed:
                return Skip(step.Node.Size);
            case AvroType.Enum:
                return TryNumber(32, out var symbol) && ((ulong)symbol < (ulong)step.Node.Symbols.Count || Malformed("has a symbol that is none of its enum's"));
            default:
                if (++_depth > Masker.MostDepth) return Malformed("is nested too deeply");
                var isRead = step.Type switch
                {
                    AvroType.Record => Fields(step),
                    AvroType.Union => Branch(step),
                    _ => Items(step),
                };
                _depth--;
                return isRead;
        }
    }

    bool Fields(AvroStep step)
    {
        foreach (var field in step.Inner)
        {
            if (!Walk(field)) return false;
        }

        return true;
    }

    bool Branch(AvroStep step)
    {
        var start = _at;
        if (!TryNumber(32, out var branch)) return false;
        if ((ulong)branch >= (ulong)step.Inner.Length) return Malformed("has a branch that is none of its union's");
        var inner = step.Inner[branch];
        if (inner.Fate != AvroFate.Null) return Walk(inner);
        if (!Walk(inner.Plain!)) return false;
        CopyTo(start);
        SignedVarint.Write(_target, step.Node.NullBranch);
        return Replaced(inner.Rule);
    }

    /// <summary>An array or a map: blocks of items, the last of which has none.</summary>
    bool Items(AvroStep step)
    {
        var rewrites = step.LosesEntries && LosesSome(step);
        if (_masked != AvroMasked.Whole) return false;
        if (rewrites) CopyTo(_at);
        while (true)
        {
            var start = _at;
            if (!TryBlock(step, out var count, out var end)) return false;
            if (count == 0) break;
            var pending = _pending;
            if (end >= 0 && step.Masks && !rewrites) _blocks[_pending++] = new(start, _at, count);
            for (; count > 0; count--)
            {
                if (!(step.Type == AvroType.Map ? Entry(step, rewrites) : Walk(step.Inner[0]))) return false;
            }

            _pending = Math.Min(_pending, pending);
            if (end >= 0 && _at != end) return Malformed("has a block of another length than it says");
        }

        if (!rewrites) return true;
        _target.Write([0]);
        _copied = _at;
        return IsShort();
    }

    /// <summary>Takes the head of a block. One of values that take no byte is over with it, and counts as none but the last.</summary>
    bool TryBlock(AvroStep step, out long count, out int end)
    {
        end = -1;
        while (true)
        {
            if (!TryNumber(64, out count)) return false;
            if (count < 0)
            {
                if (count == long.MinValue || !TryNumber(64, out var length)) return Malformed("has a block of no possible count");
                if (length < 0 || length > _bytes.Length - _at) return Malformed("has a block that is longer than what it stands in");
                (count, end) = (-count, _at + (int)length);
            }

            if (count == 0) return end < 0 || end == _at || Malformed("has a block of another length than it says");
            var isEmpty = step.Type == AvroType.Array && step.Node.Inner[0].IsEmpty;
            if (!isEmpty) return count <= _bytes.Length - _at || Malformed("has a block of more items than bytes");
            if (end >= 0 && end != _at) return Malformed("has a block of another length than it says");
            if (count > _empty) return Malformed($"has more than {MostEmpty} items without a byte");
            _empty -= (int)count;
            end = -1;
        }
    }

    bool Entry(AvroStep step, bool rewrites)
    {
        var start = _at;
        if (!TryLength(out var length)) return false;
        var inner = step.Entry(_bytes.Slice(_at, length));
        if (inner.Fate == AvroFate.Gone)
        {
            _at += length;
            if (!Walk(inner.Plain!)) return false;
            _copied = _at;
            return Replaced(inner.Rule);
        }

        // Each entry that stays becomes a block of its own: how many there will be is known too late.
        if (rewrites)
        {
            SignedVarint.Write(_target, 1);
            _copied = start;
        }

        if (step.KeyStep is null) _at += length;
        else _at = start;
        if (step.KeyStep is not null && !Text(step.KeyStep) || !Walk(inner)) return false;
        if (!rewrites) return true;
        _target.Write(_bytes[_copied.._at]);
        _copied = _at;
        return IsShort();
    }

    /// <summary>Whether an entry of the map that begins goes; looks ahead, and stays where it is.</summary>
    bool LosesSome(AvroStep step)
    {
        var (at, empty, loses) = (_at, _empty, false);
        while (TryBlock(step, out var count, out _) && count > 0)
        {
            for (; count > 0; count--)
            {
                if (!TryLength(out var length)) return false;
                var inner = step.Entry(_bytes.Slice(_at, length));
                _at += length;
                loses |= inner.Fate == AvroFate.Gone;
                if (!Walk(inner.Plain!)) return false;
            }
        }

        (_at, _empty) = (at, empty);
        return loses;
    }

    bool Text(AvroStep step)
    {
        var start = _at;
        var isFixed = step.Type == AvroType.Fixed;
        var length = step.Node.Size;
        if (!isFixed && !TryLength(out length)) return false;
        if (length > _bytes.Length - _at) return Malformed("ends within a value");
        var text = _bytes.Slice(_at, length);
        _at += length;
        _scratch.Clear();
        switch (step.Fate)
        {
            case AvroFate.Find:
                return Find(step, text, start);
            case AvroFate.Uuid:
                if (!_text.TryWriteUuid(step.Rule, text, _scratch)) return true;
                break;
            default:
                if (_text.IsMasked(step.Rule, text)) return true;
                if (!_text.TryWriteReplaced(step.Rule, text, _scratch, asJson: false)) return Fail(AvroMasked.TooLong);
                break;
        }

        return PutText(start, text, isFixed);
    }

    bool Find(AvroStep step, ReadOnlySpan<byte> text, int start)
    {
        if (!Utf8.IsValid(text))
        {
            // Bytes need not be a text; what is in others nobody can say.
            if (step.Type == AvroType.Bytes) return true;
            if ((step.Finders & _strict) is > 0 and var rules)
            {
                Rule = System.Numerics.BitOperations.TrailingZeroCount(rules);
                Fault = "has a string that is no UTF-8";
                return Fail(AvroMasked.NoText);
            }
        }

        if (!_text.TryFind(step.Finders, text)) return Fail(AvroMasked.TooMuch);
        if (!_text.Found) return true;
        return _text.TryWriteFound(text, _scratch, asJson: false) ? PutText(start, text, isFixed: false) : Fail(AvroMasked.TooLong);
    }

    bool PutText(int start, ReadOnlySpan<byte> text, bool isFixed)
    {
        if (_scratch.Span.SequenceEqual(text)) return true;
        CopyTo(start);
        if (!isFixed) SignedVarint.Write(_target, _scratch.Length);
        _target.Write(_scratch.Span);
        _copied = _at;
        return IsShort();
    }

    bool Put(int start, int rule, ReadOnlySpan<byte> constant)
    {
        if (_bytes[start.._at].SequenceEqual(constant)) return true;
        CopyTo(start);
        _target.Write(constant);
        return Replaced(rule);
    }

    bool Replaced(int rule)
    {
        _text.Count(rule);
        _copied = _at;
        return IsShort();
    }

    bool IsShort() => _target.Length <= _text.Most || Fail(AvroMasked.TooLong);

    void CopyTo(int end)
    {
        IsChanged = true;
        for (var i = 0; i < _pending; i++)
        {
            var block = _blocks[i];
            _target.Write(_bytes[_copied..block.Start]);
            SignedVarint.Write(_target, block.Count);
            _copied = block.End;
        }

        _pending = 0;
        _target.Write(_bytes[_copied..end]);
    }

    bool TryLength(out int length)
    {
        length = 0;
        if (!TryNumber(64, out var number)) return false;
        if (number < 0 || number > _bytes.Length - _at) return Malformed("has a text of a length that is none, or ends within it");
        length = (int)number;
        return true;
    }

    bool TryNumber(int bits, out long number)
    {
        var rest = _bytes[_at..];
        if (!SignedVarint.TryTake(ref rest, bits, out number)) return Malformed("has a number that is none, or ends within it");
        _at = _bytes.Length - rest.Length;
        return true;
    }

    bool Skip(int length)
    {
        if (length > _bytes.Length - _at) return Malformed("ends within a value");
        _at += length;
        return true;
    }

    bool Malformed(string what)
    {
        if (_masked == AvroMasked.Whole) Fault = what;
        return Fail(AvroMasked.Malformed);
    }

    bool Fail(AvroMasked masked)
    {
        if (_masked == AvroMasked.Whole) _masked = masked;
        return false;
    }
}

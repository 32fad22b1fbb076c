using System.Text.Json;

namespace Gateway.Protocols.Masking;

enum JsonMasked
{
    /// <summary>It was read to its end.</summary>
    Whole,

    /// <summary>It is no JSON, or nested deeper than <see cref="Masker.MostDepth"/>: from there on it is as it was.</summary>
    Malformed,

    /// <summary>A pattern is found more often than can be looked for.</summary>
    TooMuch,

    /// <summary>What is written gets too long.</summary>
    TooLong,
}

/// <summary>Where a value of an open object or array stands among its siblings.</summary>
struct JsonLevel
{
    public PathState State;

    /// <summary>The rules that look at everything in it, a bit each.</summary>
    public ulong Finders;
    public bool IsArray;

    /// <summary>Where the last sibling that stays ends; -1: none does so far.</summary>
    public int KeptEnd;

    /// <summary>Where siblings begin that go, of which nobody knows yet whether a comma follows them; -1: there are none.</summary>
    public int DropFrom;
    public int DropEnd;
}

/// <summary>
/// One pass over JSON texts: copies them byte for byte but for the values that rules select. Several texts may follow each other, as in a stream of
/// lines. Names are compared after unescaping, and every one of a name given twice counts.
/// </summary>
ref struct JsonPass
{
    static readonly JsonReaderOptions s_options = new() { MaxDepth = Masker.MostDepth, AllowMultipleValues = true };

    readonly ReadOnlySpan<byte> _json;
    readonly ChosenPaths _paths;
    readonly TextMask _text;
    readonly PooledWriter _scratch;
    readonly PooledWriter _target;
    readonly JsonLevel[] _levels;
    Utf8JsonReader _reader;
    PathState _next;
    int _depth;
    int _itemStart;
    int _copied;
    JsonMasked _masked;

    /// <param name="json">The texts.</param>
    /// <param name="paths">What is selected by paths.</param>
    /// <param name="finders">The rules that look at all of it, a bit each.</param>
    /// <param name="text">Masks the texts in it.</param>
    /// <param name="levels">One more than <see cref="Masker.MostDepth"/>, for this pass alone.</param>
    /// <param name="scratch">For this pass alone.</param>
    /// <param name="target">Takes the masked texts.</param>
    public JsonPass(
        ReadOnlySpan<byte> json, ChosenPaths paths, ulong finders, TextMask text, JsonLevel[] levels,
        PooledWriter scratch, PooledWriter target)
    {
        _json = json;
        (_paths, _text, _levels, _scratch, _target) = (paths, text, levels, scratch, target);
        _reader = new(json, s_options);
        _next = paths.Start;
        _levels[0] = new() { State = paths.Start, Finders = finders, KeptEnd = -1, DropFrom = -1 };
    }

    public bool IsChanged { get; private set; }

    public JsonMasked Run()
    {
        try
        {
            while (_masked == JsonMasked.Whole && _reader.Read()) Token();
        }
        catch (JsonException)
        {
            _masked = JsonMasked.Malformed;
        }

        EndDrops(ref _levels[_depth]);
        _target.Write(_json[_copied..]);
        return _masked;
    }

    void Token()
    {
        switch (_reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                Name(ref _levels[_depth]);
                break;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                EndDrops(ref _levels[_depth]);
                _levels[--_depth].KeptEnd = End;
                break;
            default:
                Value(ref _levels[_depth]);
                break;
        }
    }

    readonly int Start => (int)_reader.TokenStartIndex;

    readonly int End => (int)_reader.BytesConsumed;

    void Name(ref JsonLevel level)
    {
        BeginItem(ref level);
        var name = Unescaped();
        _next = level.State.Member(name);
        if (level.Finders == 0 || _paths.Whole(_next) is >= 0 and var rule && _text.Rules[rule].Action.Kind == MaskingKind.Drop) return;
        // The token ends with its colon.
        Parts(level.Finders, name, Start, Start + _reader.ValueSpan.Length + 2);
    }

    void Value(ref JsonLevel level)
    {
        if (_depth == 0) _next = _paths.Start;
        else if (level.IsArray)
        {
            BeginItem(ref level);
            _next = level.State.Other;
        }

        var (state, start) = (_next, Start);
        if (_paths.Whole(state) is >= 0 and var rule)
        {
            Whole(ref level, rule, start);
            return;
        }

        var finders = level.Finders | _paths.Finders(state);
        if (_reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            _levels[++_depth] = new()
            {
                State = state,
                Finders = finders,
                IsArray = _reader.TokenType == JsonTokenType.StartArray,
                KeptEnd = -1,
                DropFrom = -1,
            };
            return;
        }

        if (finders != 0 && _reader.TokenType is JsonTokenType.String or JsonTokenType.Number) Parts(finders, Unescaped(), start, End);
        level.KeptEnd = End;
    }

    void Whole(ref JsonLevel level, int rule, int start)
    {
        if (_text.Rules[rule].Action.Kind == MaskingKind.Drop)
        {
            _reader.Skip();
            _text.Count(rule);
            Drop(ref level);
            return;
        }

        var isContainer = _reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;
        if (isContainer) _reader.Skip();
        level.KeptEnd = End;
        var text = isContainer ? _json[start..End] : Unescaped();
        // There is nothing in null to mask.
        if (_reader.TokenType == JsonTokenType.Null || _text.IsMasked(rule, text)) return;
        CopyTo(start);
        _target.Write("\""u8);
        if (!_text.TryWriteReplaced(rule, text, _target, asJson: true)) _masked = JsonMasked.TooLong;
        _target.Write("\""u8);
        _copied = End;
    }

    void Parts(ulong finders, ReadOnlySpan<byte> text, int start, int end)
    {
        if (!_text.TryFind(finders, text)) _masked = JsonMasked.TooMuch;
        if (_masked != JsonMasked.Whole || !_text.Found) return;
        CopyTo(start);
        _target.Write("\""u8);
        if (!_text.TryWriteFound(text, _target, asJson: true)) _masked = JsonMasked.TooLong;
        _target.Write("\""u8);
        _copied = end;
    }

    /// <summary>What a string means, or how a number is written.</summary>
    readonly ReadOnlySpan<byte> Unescaped()
    {
        if (!_reader.ValueIsEscaped) return _reader.ValueSpan;
        _scratch.Clear();
        JsonText.Unescape(_reader.ValueSpan, _scratch);
        return _scratch.Span;
    }

    void BeginItem(ref JsonLevel level)
    {
        _itemStart = Start;
        if (level.DropFrom >= 0) Remove(level.DropFrom, _itemStart);
        level.DropFrom = -1;
    }

    /// <summary>The item that was just read goes, and one comma with it: that before it, or else that behind it.</summary>
    void Drop(ref JsonLevel level)
    {
        if (level.KeptEnd >= 0) Remove(level.KeptEnd, End);
        else (level.DropFrom, level.DropEnd) = (_itemStart, End);
    }

    void EndDrops(ref JsonLevel level)
    {
        if (level.DropFrom >= 0) Remove(level.DropFrom, level.DropEnd);
        level.DropFrom = -1;
    }

    void Remove(int from, int to)
    {
        CopyTo(from);
        _copied = to;
    }

    void CopyTo(int end)
    {
        IsChanged = true;
        if (end > _copied) _target.Write(_json[_copied..end]);
    }
}

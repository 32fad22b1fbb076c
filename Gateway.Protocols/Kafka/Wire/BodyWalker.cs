using System.Buffers.Binary;
using Gateway.Protocols.Kafka.Schema;

namespace Gateway.Protocols.Kafka.Wire;

/// <summary>
/// Walks the body of one message after the other, token by token, at whatever byte the input ends: a token that is not whole consumes
/// nothing, contents come in the parts that are there, so that a body of any size passes without being held. Allocates nothing while it
/// walks. Whatever a length, a count or a size says is compared with the bytes that are left before it means anything; depth is the
/// schema's own.
/// </summary>
public sealed class BodyWalker
{
    /// <summary>Deeper than any message: the schemas nest no more than 8 structs and tagged fields.</summary>
    const int MostLevels = 16;

    /// <summary>The longest string. Kafka's protocol guide: its length is an int16.</summary>
    const int LongestString = short.MaxValue;

    readonly Level[] _levels = new Level[MostLevels];
    MessageLayout? _layout;
    int _depth;
    long _at;
    long _contentLeft;
    FieldLayout? _content;
    bool _isExact;

    /// <summary>Why the body is malformed: message, field, and what is wrong.</summary>
    public string Fault { get; private set; } = "";

    /// <summary>The last uuid that was a value.</summary>
    public Guid Uuid { get; private set; }

    /// <summary>Bytes of the body that were walked.</summary>
    public long Position => _at;

    /// <summary>True while a string, bytes, records or an unknown tagged field still has content to come.</summary>
    public bool IsWithinContent => _contentLeft > 0;

    /// <summary>Structs and tagged fields that are open around the walker.</summary>
    public int Depth => _depth;

    /// <summary>Begins another body.</summary>
    /// <param name="layout">What it is.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="isExact">
    /// False: bytes may follow what the layout knows, as clients do not mind in a response; they lie beyond <see cref="Position"/> at the end.
    /// </param>
    public void Begin(MessageLayout layout, long length, bool isExact = true)
    {
        _isExact = isExact;
        (_layout, _at, _contentLeft, _depth, Fault) = (layout, 0, 0, 0, "");
        _levels[_depth++] = new Level { Struct = layout.Body, Limit = length };
    }

    /// <summary>The next token, of which <see cref="BodyToken.Consumed"/> bytes of the input are done with.</summary>
    public BodyToken Next(ReadOnlySpan<byte> input)
    {
        if (_contentLeft > 0) return Content(input);
        if (Fault.Length > 0) return new(BodyTokenKind.Malformed, null, 0, 0);
        if (_depth == 0) return new(BodyTokenKind.End, null, 0, 0);
        ref var level = ref _levels[_depth - 1];
        if (level.IsTag) return NextOfTag(ref level, input);
        if (level.Elements > 0) return NextElement(ref level, input);
        if (level.Field < level.Struct!.Fields.Length) return BeginField(level.Struct.Fields[level.Field++], ref level, input, isTagged: false);
        return level.Struct.IsFlexible ? NextTag(ref level, input) : Leave(ref level);
    }

    BodyToken Content(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty) return default;
        var length = (int)Math.Min(_contentLeft, input.Length);
        _contentLeft -= length;
        _at += length;
        return new(BodyTokenKind.Content, _content, _contentLeft, length);
    }

    /// <summary>A field's first token. A field that is not whole is met again.</summary>
    BodyToken BeginField(FieldLayout field, ref Level level, ReadOnlySpan<byte> input, bool isTagged)
    {
        var token = field switch
        {
            { IsArray: true } => Count(field, ref level, input),
            { Type: FieldType.Struct, IsNullable: true } => Presence(field, ref level, input),
            { Type: FieldType.Struct } => Enter(field, ref level),
            { Type: FieldType.Text or FieldType.Bytes or FieldType.Records } => Length(field, ref level, input),
            _ => Value(field, ref level, input),
        };
        if (token.Kind == BodyTokenKind.NeedMore && !isTagged) level.Field--;
        return token;
    }

    BodyToken Value(FieldLayout field, ref Level level, ReadOnlySpan<byte> input)
    {
        var size = field.Type.Size();
        if (size > level.Limit - _at) return Malformed(field, $"needs {size} bytes", ref level);
        if (size > input.Length) return default;
        long number = field.Type switch
        {
            FieldType.Bool => input[0],
            FieldType.Signed8 => (sbyte)input[0],
            FieldType.Signed16 => BinaryPrimitives.ReadInt16BigEndian(input),
            FieldType.Unsigned16 => BinaryPrimitives.ReadUInt16BigEndian(input),
            FieldType.Signed32 => BinaryPrimitives.ReadInt32BigEndian(input),
            FieldType.Unsigned32 => BinaryPrimitives.ReadUInt32BigEndian(input),
            FieldType.Signed64 or FieldType.Floating64 => BinaryPrimitives.ReadInt64BigEndian(input),
            _ => 0,
        };
        if (field.Type == FieldType.Uuid) Uuid = new Guid(input[..size], bigEndian: true);
        return Take(BodyTokenKind.Value, field, number, size);
    }

    BodyToken Length(FieldLayout field, ref Level level, ReadOnlySpan<byte> input)
    {
        var consumed = field.Type == FieldType.Text
            ? Size.String(input, level.Struct!.IsFlexible, out var length)
            : Size.Bytes(input, level.Struct!.IsFlexible, out length);
        if (consumed == 0) return Short(field, ref level, input);
        if (consumed < 0 || length < 0 && !(length == -1 && field.IsNullable)) return Malformed(field, $"has length {length}", ref level);
        if (Math.Max(0, length) > level.Limit - _at - consumed) return Malformed(field, $"has length {length}", ref level);
        if (field.Type == FieldType.Text && length > LongestString) return Malformed(field, $"is a string of {length} bytes", ref level);
        (_content, _contentLeft) = (field, Math.Max(0, length));
        return Take(BodyTokenKind.Length, field, length, consumed);
    }

    BodyToken Count(FieldLayout field, ref Level level, ReadOnlySpan<byte> input)
    {
        var consumed = Size.Bytes(input, level.Struct!.IsFlexible, out var count);
        if (consumed == 0) return Short(field, ref level, input);
        if (consumed < 0 || count < 0 && !(count == -1 && field.IsNullable)) return Malformed(field, $"has {count} elements", ref level);
        var least = field.LeastElement(level.Struct!.IsFlexible);
        if (consumed > level.Limit - _at || count > (level.Limit - _at - consumed) / least) return Malformed(field, $"has {count} elements", ref level);
        if (count > 0)
        {
            // Numbers are all of one size, and nobody asks for one of many.
            if (field.Type.Size() is > 0 and var size) (_content, _contentLeft) = (field, count * size);
            else (level.Elements, level.Element) = (count, field);
        }

        return Take(BodyTokenKind.Count, field, count, consumed);
    }

    BodyToken Presence(FieldLayout field, ref Level level, ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty) return Short(field, ref level, input);
        var mark = (sbyte)input[0];
        if (mark is not (1 or -1) || _at == level.Limit) return Malformed(field, $"begins with {mark}, which is neither -1 nor 1", ref level);
        if (mark == 1) (level.Elements, level.Element) = (1, field);
        return Take(BodyTokenKind.Presence, field, mark, 1);
    }

    BodyToken NextElement(ref Level level, ReadOnlySpan<byte> input)
    {
        var element = level.Element!;
        if (element.Type == FieldType.Struct)
        {
            level.Elements--;
            return Enter(element, ref level);
        }

        var token = Length(element, ref level, input);
        if (token.Kind == BodyTokenKind.Length) level.Elements--;
        return token;
    }

    BodyToken Enter(FieldLayout field, ref Level level)
    {
        _levels[_depth++] = new Level { Struct = field.Struct, Limit = level.Limit, Of = field };
        return new(BodyTokenKind.Enter, field, 0, 0);
    }

    BodyToken NextTag(ref Level level, ReadOnlySpan<byte> input)
    {
        if (!level.HasTags)
        {
            var taken = UnsignedVarint.TryRead(input, out var count);
            if (taken == 0) return Short(null, ref level, input);
            // A tagged field takes two bytes at least.
            if (taken < 0 || count > (level.Limit - _at - taken) / 2) return Malformed(level.Of, $"has {count} tagged fields", ref level);
            (level.HasTags, level.TagsLeft, level.LastTag) = (true, count, -1);
            return Take(BodyTokenKind.Tags, null, count, taken);
        }

        if (level.TagsLeft == 0) return Leave(ref level);
        var first = UnsignedVarint.TryRead(input, out var tag);
        var second = first > 0 ? UnsignedVarint.TryRead(input[first..], out var size) : Unread(out size);
        if (first < 0 || second < 0) return Malformed(level.Of, "has a tagged field whose number or size is none", ref level);
        if (first == 0 || second == 0) return Short(null, ref level, input);
        if (tag <= level.LastTag) return Malformed(level.Of, $"has tag {tag} after tag {level.LastTag}", ref level);
        if (size > level.Limit - _at - first - second) return Malformed(level.Of, $"has tag {tag} of {size} bytes", ref level);
        (level.LastTag, level.TagsLeft) = (tag, level.TagsLeft - 1);
        var field = level.Struct!.Tagged(tag);
        var token = Take(BodyTokenKind.Tag, field, tag, first + second);
        _levels[_depth++] = new Level { IsTag = true, Struct = level.Struct, Of = field, Limit = _at + size };
        if (field is null) (_content, _contentLeft) = (null, size);
        return token;
    }

    /// <summary>Within a tagged field: its value, and then nothing more.</summary>
    BodyToken NextOfTag(ref Level level, ReadOnlySpan<byte> input)
    {
        if (level.Elements > 0) return NextElement(ref level, input);
        if (level.Of is { } field && !level.HasTags)
        {
            var token = BeginField(field, ref level, input, isTagged: true);
            level.HasTags = token.Kind != BodyTokenKind.NeedMore;
            return token;
        }

        if (_at != level.Limit) return Malformed(level.Of, $"is followed by {level.Limit - _at} bytes of its tagged field that belong to nothing", ref level);
        _depth--;
        return new(BodyTokenKind.TagEnd, level.Of, 0, 0);
    }

    BodyToken Leave(ref Level level)
    {
        if (_depth == 1 && _isExact && _at != level.Limit) return Malformed(null, $"is followed by {level.Limit - _at} bytes that belong to nothing", ref level);
        _depth--;
        return _depth == 0 ? new(BodyTokenKind.End, null, 0, 0) : new(BodyTokenKind.Leave, level.Of, 0, 0);
    }

    /// <summary>Not whole: because more is to come, or because there is no room for it.</summary>
    BodyToken Short(FieldLayout? field, ref Level level, ReadOnlySpan<byte> input) =>
        input.Length >= level.Limit - _at ? Malformed(field ?? level.Of, "is cut short", ref level) : default;

    BodyToken Take(BodyTokenKind kind, FieldLayout? field, long number, int consumed)
    {
        _at += consumed;
        return new(kind, field, number, consumed);
    }

    BodyToken Malformed(FieldLayout? field, string what, ref Level level)
    {
        Fault = $"{_layout}: {field?.Path ?? "its body"} {what}, with {level.Limit - _at} bytes left";
        (_depth, _contentLeft) = (0, 0);
        return new(BodyTokenKind.Malformed, field, 0, 0);
    }

    static int Unread(out uint size)
    {
        size = 0;
        return 0;
    }

    struct Level
    {
        /// <summary>The struct whose fields are walked; of a tagged field: the one that holds it.</summary>
        public StructLayout? Struct;

        /// <summary>The field whose struct or tagged field this is.</summary>
        public FieldLayout? Of;

        /// <summary>The array that is walked.</summary>
        public FieldLayout? Element;

        /// <summary>Where in the body it has to be over.</summary>
        public long Limit;

        public long Elements;
        public long LastTag;
        public uint TagsLeft;
        public int Field;

        /// <summary>The tag section has begun; of a tagged field: its value has.</summary>
        public bool HasTags;
        public bool IsTag;
    }
}

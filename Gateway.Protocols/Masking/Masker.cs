using System.Text.Unicode;
using Gateway.Protocols.Masking.Avro;

namespace Gateway.Protocols.Masking;

public enum MaskedFate
{
    /// <summary>Nothing in it is masked: it goes on as it is.</summary>
    Same,

    /// <summary>What was written goes on in its place.</summary>
    Changed,

    /// <summary>It goes no further: a header that is dropped.</summary>
    Dropped,

    /// <summary>It cannot be read as a strict rule needs it.</summary>
    Refused,
}

/// <summary>What became of one payload. The detail of a refusal names the rule and no content.</summary>
public readonly record struct Masked(MaskedFate Fate, string? Detail = null)
{
    public static readonly Masked Same = new(MaskedFate.Same);

    public static readonly Masked Changed = new(MaskedFate.Changed);

    public static readonly Masked Dropped = new(MaskedFate.Dropped);
}

/// <summary>
/// Masks the payloads of one session. Not safe for use from several threads. Payloads are to be held whole and within a cap; between two of them it
/// holds no buffer.
/// </summary>
/// <param name="rules">The connection's rules.</param>
/// <param name="key">For tokens and encryption; may be null where no rule needs one.</param>
/// <param name="counted">Hears by rule how many fields were masked.</param>
public sealed class Masker(MaskingRules rules, MaskingKey? key, Action<string, long>? counted = null)
{
    /// <summary>Objects and arrays within each other. Origin: the base library's own default, beyond what people nest.</summary>
    public const int MostDepth = 64;

    /// <summary>Schemas that are asked for at once; those beyond are unreadable. Origin: more than a cluster's topics in one frame have.</summary>
    const int MostAsked = 1024;

    const string NoJson = "is no JSON, or nested too deeply";

    readonly TextMask _text = new(rules.All, key);
    readonly PooledWriter _scratch = new();
    readonly PooledWriter _first = new();
    readonly HashSet<int> _missing = [];
    readonly long[] _waiting = new long[rules.All.Count];
    JsonLevel[]? _levels;
    AvroBlock[]? _blocks;
    int _most;
    int _left;

    public MaskingRules Rules => rules;

    /// <summary>How records are decompressed, for protocols that have compressed ones.</summary>
    public IRecordCompression? Compression { get; init; }

    /// <summary>The schemas of the connection's registry; null: it has none.</summary>
    public ISchemas? Schemas { get; init; }

    /// <summary>
    /// The schemas that have to be asked for before the payloads since <see cref="Begin"/> can be masked. Where there are any, what was written is void: the
    /// payloads are to be masked again once they were asked for.
    /// </summary>
    public IReadOnlyCollection<int> Missing => _missing;

    /// <summary>What is not known now was asked for: it is unreadable.</summary>
    public bool WasAsked { get; set; }

    /// <summary>Whether what is masked is counted by <see cref="Settle"/> alone, for callers that may have to begin again.</summary>
    public bool CountsLater { get; set; }

    /// <summary>What is done to payloads of a topic; null: nothing. Takes well-formed UTF-8.</summary>
    public MaskingPlan? PlanOf(Direction direction, ReadOnlySpan<byte> topic)
    {
        using var chars = new TopicChars(topic, stackalloc char[TopicChars.Scratch]);
        return rules.PlanOf(direction, chars.Span);
    }

    /// <summary>A new message, or frame of several: what it takes to look for patterns, and what is written, is counted anew.</summary>
    /// <param name="most">Bytes that may be written in the place of all of it, as <see cref="Limits.MaskedOutput"/> says.</param>
    public void Begin(int most)
    {
        (_most, _left) = (most, most);
        _text.Begin();
        if (_missing.Count > 0) _missing.Clear();
        Array.Clear(_waiting);
    }

    /// <summary>The payloads since <see cref="Begin"/> go on as they were masked.</summary>
    public void Settle()
    {
        for (var i = 0; i < _waiting.Length; i++)
        {
            if (_waiting[i] > 0) counted?.Invoke(_text.Rules[i].Name, _waiting[i]);
            _waiting[i] = 0;
        }
    }

    /// <summary>Masks a value: a message's payload, a record's value. Appends to <paramref name="target"/> what goes on, if it changed.</summary>
    public Masked Value(MaskingPlan plan, ReadOnlySpan<byte> value, PooledWriter target) =>
        value.IsEmpty || !plan.HasValues ? Masked.Same : Part(plan.Values, value, target);

    /// <summary>Masks a record's key.</summary>
    public Masked Key(MaskingPlan plan, ReadOnlySpan<byte> value, PooledWriter target) =>
        value.IsEmpty || !plan.HasKeys ? Masked.Same : Part(plan.Keys, value, target);

    /// <summary>Masks a header's value.</summary>
    public Masked Header(MaskingPlan plan, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, PooledWriter target)
    {
        var (whole, finders, strict) = plan.Header(name);
        if (whole >= 0 && _text.Rules[whole].Action.Kind == MaskingKind.Drop)
        {
            _text.Count(whole);
            return Finish(Masked.Dropped, target.Length, target);
        }

        if (value.IsEmpty || whole < 0 && finders == 0) return Masked.Same;
        var before = Start(target);
        return Finish(
            whole >= 0 ? Replaced(whole, value, target) : Found(finders, strict, null, strictJson: -1, MaskedContent.Of(value), value, target), before, target);
    }

    Masked Part(PartPlan part, ReadOnlySpan<byte> value, PooledWriter target)
    {
        var before = Start(target);
        return Finish(
            part.Whole >= 0 ? Replaced(part.Whole, value, target)
            : Schemas is not null && part.AsksForSchemas && MaskedContent.SchemaOf(value) is { } id ? Framed(part, id, value, target)
            : part.NeedsAvro >= 0 ? Refused(part.NeedsAvro, "does not begin with the id of a schema")
            : Found(part, MaskedContent.Of(value), value, target),
            before, target);
    }

    /// <summary>What begins with the id of a schema is what its schema says.</summary>
    Masked Framed(PartPlan part, int id, ReadOnlySpan<byte> value, PooledWriter target)
    {
        var schema = Schemas!.Find(id);
        if (schema is null && !WasAsked && _missing.Count < MostAsked)
        {
            _missing.Add(id);
            return Masked.Same;
        }

        if (schema?.Avro is { } avro) return InAvro(part, id, avro, value, target);
        if (schema is { IsJson: true })
            return part.NeedsAvro >= 0 ? Refused(part.NeedsAvro, $"is JSON: so says its schema {id}") : Found(part, MaskedContent.OfJson(value), value, target);
        if (part.AnyStrict >= 0) return Refused(part.AnyStrict, $"cannot be read: its schema {id} {schema?.Problem ?? Schemas.WhyUnknown(id)}");
        return Found(part, MaskedContent.Of(value), value, target);
    }

    Masked InAvro(PartPlan part, int id, AvroSchema schema, ReadOnlySpan<byte> value, PooledWriter target)
    {
        if (part.NeedsJson >= 0) return Refused(part.NeedsJson, $"is Avro: so says its schema {id}");
        if (part.ProgramOf(schema) is not { } program)
            return new(MaskedFate.Refused, $"the paths of the rules meet schema {id} in more ways than can be followed: use fewer with .. and wildcards");
        _blocks ??= new AvroBlock[MostDepth + 1];
        var before = target.Length;
        var pass = new AvroPass(value, MaskedContent.SchemaPrefix, program.Start, _text, part.Strict, _blocks, _scratch, target);
        switch (pass.Run())
        {
            case AvroMasked.TooMuch:
                return TooMuch;
            case AvroMasked.TooLong:
                return TooLong;
            case AvroMasked.NoText:
                return Refused(pass.Rule, pass.Fault);
            case AvroMasked.Unmaskable:
                return new(MaskedFate.Refused, $"in schema {id}, {pass.Fault}");
            case AvroMasked.Malformed when part.AnyStrict >= 0:
                return Refused(part.AnyStrict, $"{pass.Fault}, which is no value of its schema {id}");
            case AvroMasked.Malformed when part.Finders != 0:
                if (!pass.IsChanged) target.Write(value);
                return TextAgain(part.Finders, MaskedContent.SchemaPrefix, pass.IsChanged, before, target);
            default:
                return pass.IsChanged ? Masked.Changed : Masked.Same;
        }
    }

    int Start(PooledWriter target)
    {
        _text.Most = target.Length + _left;
        return target.Length;
    }

    Masked Replaced(int rule, ReadOnlySpan<byte> value, PooledWriter target)
    {
        if (_text.IsMasked(rule, value)) return Masked.Same;
        return _text.TryWriteReplaced(rule, value, target, asJson: false) ? Masked.Changed : TooLong;
    }

    Masked Found(PartPlan part, MaskedContent content, ReadOnlySpan<byte> value, PooledWriter target) =>
        Found(part.Finders, part.StrictText, part.Json, part.StrictJson, content, value, target);

    Masked Found(
        ulong finders, int strictText, ChosenPaths? paths, int strictJson, MaskedContent content, ReadOnlySpan<byte> value, PooledWriter target)
    {
        var body = value[content.Prefix..];
        var strict = strictJson >= 0 ? strictJson : strictText;
        if (strict >= 0 && !Utf8.IsValid(body)) return Refused(strict, "is no UTF-8");
        // What does not look like JSON has nothing that a path could lead to, unless the path is $ itself.
        if (!content.LooksLikeJson && strictJson < 0 && paths is { SelectAll: false }) paths = null;
        if (paths is null && !content.LooksLikeJson) return InText(finders, value, content.Prefix, target);
        var before = target.Length;
        target.Write(value[..content.Prefix]);
        _levels ??= new JsonLevel[MostDepth + 1];
        var pass = new JsonPass(body, paths ?? ChosenPaths.None, finders, _text, _levels, _scratch, target);
        var masked = pass.Run();
        if (masked == JsonMasked.TooMuch) return TooMuch;
        if (masked == JsonMasked.TooLong) return TooLong;
        if (masked == JsonMasked.Malformed && strictJson >= 0) return Refused(strictJson, NoJson);
        if (masked == JsonMasked.Malformed && strictText >= 0 && content.BeginsAsJson) return Refused(strictText, NoJson);
        if (masked == JsonMasked.Whole || finders == 0) return pass.IsChanged ? Masked.Changed : Masked.Same;
        return TextAgain(finders, content.Prefix, pass.IsChanged, before, target);
    }

    /// <summary>Of what cannot be read, or not to its end, nobody knows where its texts are: all that was written of it is one.</summary>
    Masked TextAgain(ulong finders, int prefix, bool isChanged, int before, PooledWriter target)
    {
        _first.Write(target.Span[before..]);
        target.CutTo(before);
        var inText = InText(finders, _first.Span, prefix, target);
        if (inText.Fate != MaskedFate.Same || !isChanged) return inText;
        target.Write(_first.Span);
        return Masked.Changed;
    }

    Masked InText(ulong finders, ReadOnlySpan<byte> value, int prefix, PooledWriter target)
    {
        if (!_text.TryFind(finders, value[prefix..])) return TooMuch;
        if (!_text.Found) return Masked.Same;
        target.Write(value[..prefix]);
        return _text.TryWriteFound(value[prefix..], target, asJson: false) ? Masked.Changed : TooLong;
    }

    static Masked TooMuch => new(MaskedFate.Refused, "a pattern is found more often in a payload than can be looked for");

    Masked TooLong => new(MaskedFate.Refused, $"masked, a message or frame is longer than {_most} bytes");

    Masked Refused(int rule, string what) => new(MaskedFate.Refused, $"rule {_text.Rules[rule].Name} is strict, and a payload {what}");

    /// <summary>Counts what was masked, takes back what is not to go on, and holds no buffer.</summary>
    Masked Finish(Masked masked, int before, PooledWriter target)
    {
        var written = target.Length - before;
        if (masked.Fate == MaskedFate.Changed && written > _left) masked = TooLong;
        if (masked.Fate != MaskedFate.Same) _left -= Math.Min(_left, written);
        if (masked.Fate is MaskedFate.Same or MaskedFate.Refused) target.CutTo(before);
        else Count();
        _text.Forget();
        _scratch.LetGo();
        _first.LetGo();
        return masked;
    }

    void Count()
    {
        for (var i = 0; i < _waiting.Length; i++) _waiting[i] += _text.Counts[i];
        if (!CountsLater) Settle();
    }
}

using System.Text.Unicode;

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

    const string NoJson = "is no JSON, or nested too deeply";

    readonly TextMask _text = new(rules.All, key);
    readonly PooledWriter _scratch = new();
    readonly PooledWriter _first = new();
    JsonLevel[]? _levels;
    int _most;
    int _left;

    public MaskingRules Rules => rules;

    /// <summary>How records are decompressed, for protocols that have compressed ones.</summary>
    public IRecordCompression? Compression { get; init; }

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
    }

    /// <summary>Masks a value: a message's payload, a record's value. Appends to <paramref name="target"/> what goes on, if it changed.</summary>
    public Masked Value(MaskingPlan plan, ReadOnlySpan<byte> value, PooledWriter target)
    {
        if (value.IsEmpty || !plan.HasValues) return Masked.Same;
        var before = Start(target);
        return Finish(
            plan.WholeValue >= 0
                ? Replaced(plan.WholeValue, value, target)
                : Found(plan.ValueFinders, plan.StrictText, plan.Paths, plan.StrictJson, value, target),
            before, target);
    }

    /// <summary>Masks a record's key.</summary>
    public Masked Key(MaskingPlan plan, ReadOnlySpan<byte> value, PooledWriter target) => value.IsEmpty || !plan.HasKeys
        ? Masked.Same
        : Part(plan.WholeKey, plan.KeyFinders, plan.StrictKey, value, target);

    /// <summary>Masks a header's value.</summary>
    public Masked Header(MaskingPlan plan, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, PooledWriter target)
    {
        var (whole, finders, strict) = plan.Header(name);
        if (whole >= 0 && _text.Rules[whole].Action.Kind == MaskingKind.Drop)
        {
            _text.Dropped(whole);
            return Finish(Masked.Dropped, target.Length, target);
        }

        return value.IsEmpty || whole < 0 && finders == 0 ? Masked.Same : Part(whole, finders, strict, value, target);
    }

    Masked Part(int whole, ulong finders, int strict, ReadOnlySpan<byte> value, PooledWriter target)
    {
        var before = Start(target);
        return Finish(whole >= 0 ? Replaced(whole, value, target) : Found(finders, strict, null, strictJson: -1, value, target), before, target);
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

    Masked Found(ulong finders, int strictText, ChosenPaths? paths, int strictJson, ReadOnlySpan<byte> value, PooledWriter target)
    {
        var content = MaskedContent.Of(value);
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
        // Of what is no JSON, or not to its end, nobody knows where its texts are: all of it is one.
        _first.Write(target.Span[before..]);
        target.CutTo(before);
        var inText = InText(finders, _first.Span, content.Prefix, target);
        if (inText.Fate != MaskedFate.Same || !pass.IsChanged) return inText;
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
        if (counted is null) return;
        for (var i = 0; i < _text.Counts.Length; i++)
        {
            if (_text.Counts[i] > 0) counted(_text.Rules[i].Name, _text.Counts[i]);
        }
    }
}

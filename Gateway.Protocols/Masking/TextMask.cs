using System.Numerics;
using System.Text;
using System.Text.Unicode;
using Gateway.Protocols.Masking.Avro;
using Gateway.Protocols.Masking.Detect;

namespace Gateway.Protocols.Masking;

/// <summary>Finds in texts what rules mask, writes what stands in its place, and counts.</summary>
sealed class TextMask(IReadOnlyList<MaskingRule> rules, MaskingKey? key)
{
    readonly MatchList _matches = new();
    readonly PooledWriter _replacement = new();
    readonly long[] _counts = new long[rules.Count];
    long _work;

    public IReadOnlyList<MaskingRule> Rules => rules;

    public bool Found => _matches.Count > 0;

    /// <summary>How long a target may get.</summary>
    public int Most { get; set; }

    /// <summary>What was masked since <see cref="Forget"/>, by rule.</summary>
    public ReadOnlySpan<long> Counts => _counts;

    /// <summary>A new message or frame: what is looked for is counted anew.</summary>
    public void Begin() => _work = TextPattern.MostWork;

    /// <summary>Looks for what the rules of these bits find. False where there is too much of it.</summary>
    public bool TryFind(ulong finders, ReadOnlySpan<byte> text)
    {
        _matches.Clear();
        for (var left = finders; left != 0; left &= left - 1)
        {
            var rule = rules[_matches.Rule = BitOperations.TrailingZeroCount(left)];
            for (var i = 0; i < rule.Detectors.Count; i++) rule.Detectors[i].Find(text, _matches);
            if (rule.Pattern is { } pattern && !pattern.TryFind(text, _matches, ref _work)) return false;
        }

        _matches.Settle();
        LeaveMasked(text);
        return true;
    }

    /// <summary>Whether a text is what the rule would have made of another one: a message that passes rules twice is masked once.</summary>
    public bool IsMasked(int rule, ReadOnlySpan<byte> text) => rules[rule].Action.NeedsKey && Key(rule).IsMasked(text);

    /// <summary>Writes the text with other texts in the place of what was found. False where the target gets too long.</summary>
    public bool TryWriteFound(ReadOnlySpan<byte> text, PooledWriter target, bool asJson)
    {
        var at = 0;
        for (var i = 0; i < _matches.Count; i++)
        {
            var match = _matches[i];
            Put(text[at..match.Start], target, asJson);
            if (!TryWriteReplaced(match.Rule, text[match.Start..match.End], target, asJson)) return false;
            at = match.End;
        }

        Put(text[at..], target, asJson);
        return true;
    }

    /// <summary>Writes what stands in the place of a text that a rule masks. False where the target gets too long.</summary>
    public bool TryWriteReplaced(int rule, ReadOnlySpan<byte> text, PooledWriter target, bool asJson)
    {
        _counts[rule]++;
        _replacement.Clear();
        var action = rules[rule].Action;
        switch (action.Kind)
        {
            case MaskingKind.Token:
                Key(rule).WriteToken(text, _replacement);
                break;
            case MaskingKind.Encrypt:
                Key(rule).WriteEncrypted(text, _replacement);
                break;
            case MaskingKind.Open:
                _replacement.Write(Key(rule).Decrypt(Encoding.ASCII.GetString(text)));
                break;
            case MaskingKind.Redact when action.Text is { } fixedText:
                Encoding.UTF8.GetBytes(fixedText, _replacement);
                break;
            case MaskingKind.Drop:
                throw new InvalidOperationException($"rule {rules[rule].Name} drops what cannot be dropped");
            default:
                WriteStars(text, action.Kind == MaskingKind.Partial ? action.KeepLast : 0);
                break;
        }

        Put(_replacement.Span, target, asJson);
        return target.Length <= Most;
    }

    /// <summary>Something was masked without a text in its place.</summary>
    public void Count(int rule) => _counts[rule]++;

    /// <summary>Writes the UUID that stands in the place of another one. False where it stays: a rule made it.</summary>
    public bool TryWriteUuid(int rule, ReadOnlySpan<byte> uuid, PooledWriter target)
    {
        var action = rules[rule].Action;
        if (action.Kind == MaskingKind.Partial) AvroUuid.WritePartial(uuid, action.KeepLast, target);
        else if (!AvroUuid.TryWriteToken(uuid, Key(rule), target)) target.Write(AvroUuid.Nil);
        var isChanged = target.Length > 0 && !target.Span.SequenceEqual(uuid);
        if (isChanged) _counts[rule]++;
        return isChanged;
    }

    public void Forget()
    {
        _matches.Clear();
        Array.Clear(_counts);
        _replacement.LetGo();
    }

    void LeaveMasked(ReadOnlySpan<byte> text)
    {
        var count = 0;
        for (var i = 0; i < _matches.Count; i++)
        {
            var match = _matches[i];
            if (!IsMasked(match.Rule, text[match.Start..match.End])) _matches[count++] = match;
        }

        _matches.CutTo(count);
    }

    // Of a text that is no UTF-8 each byte counts as a character, and none stays: half of one would be no text.
    void WriteStars(ReadOnlySpan<byte> text, int keep)
    {
        var isText = Utf8.IsValid(text);
        var length = isText ? CharactersOf(text) : text.Length;
        var kept = isText && keep <= length / 2 ? keep : 0;
        var stars = length - kept;
        _replacement.GetSpan(stars)[..stars].Fill((byte)'*');
        _replacement.Advance(stars);
        var start = text.Length;
        for (var left = kept; left > 0; left--)
        {
            do start--;
            while (Bytes.IsContinuation(text[start]));
        }

        _replacement.Write(text[start..]);
    }

    static int CharactersOf(ReadOnlySpan<byte> text)
    {
        var count = 0;
        foreach (var b in text) count += Bytes.IsContinuation(b) ? 0 : 1;
        return count;
    }

    MaskingKey Key(int rule) => key ?? throw new InvalidOperationException($"rule {rules[rule].Name} needs a key");

    static void Put(ReadOnlySpan<byte> text, PooledWriter target, bool asJson)
    {
        if (asJson) JsonText.Escape(text, target);
        else target.Write(text);
    }
}

using System.Text;

namespace Gateway.Protocols.Masking;

/// <summary>What is done to the payloads of one topic in one direction: some of a connection's rules, ready to be followed.</summary>
public sealed class MaskingPlan
{
    readonly record struct HeaderRule(byte[]? Name, int Rule);

    readonly IReadOnlyList<MaskingRule> _rules;
    readonly HeaderRule[] _headers;

    internal MaskingPlan(IReadOnlyList<MaskingRule> rules, ChosenPaths chosen)
    {
        _rules = rules;
        int[] mine = [.. Enumerable.Range(0, rules.Count).Where(i => (chosen.Rules & 1UL << i) != 0)];
        WholeValue = First(mine, rule => rule.WholeValue && !rule.Finds);
        ValueFinders = Bits(mine, rule => rule.WholeValue && rule.Finds);
        WholeKey = First(mine, rule => rule.Key && !rule.Finds);
        KeyFinders = Bits(mine, rule => rule.Key && rule.Finds);
        StrictJson = First(mine, rule => rule.JsonPaths.Count > 0 && rule.Strict);
        StrictText = First(mine, rule => rule.WholeValue && rule.Finds && rule.Strict);
        StrictKey = First(mine, rule => rule.Key && rule.Finds && rule.Strict);
        Paths = mine.Any(i => rules[i].JsonPaths.Count > 0) ? chosen : null;
        _headers =
        [
            .. mine.SelectMany(i => rules[i].Headers.Select(name => new HeaderRule(name == "*" ? null : Encoding.UTF8.GetBytes(name), i))),
        ];
    }

    /// <summary>Whether headers have to be looked at.</summary>
    public bool HasHeaders => _headers.Length > 0;

    /// <summary>Whether keys have to be looked at.</summary>
    public bool HasKeys => WholeKey >= 0 || KeyFinders != 0;

    /// <summary>Whether values have to be looked at.</summary>
    public bool HasValues => WholeValue >= 0 || ValueFinders != 0 || Paths is not null;

    // Numbers of rules, -1 for none, and sets of them, a bit each.
    internal int WholeValue { get; }

    internal ulong ValueFinders { get; }

    internal int WholeKey { get; }

    internal ulong KeyFinders { get; }

    internal int StrictJson { get; }

    internal int StrictText { get; }

    internal int StrictKey { get; }

    /// <summary>Null where no rule has a path.</summary>
    internal ChosenPaths? Paths { get; }

    /// <summary>What is done to a header of that name.</summary>
    internal (int Whole, ulong Finders, int Strict) Header(ReadOnlySpan<byte> name)
    {
        var (whole, finders, strict) = (-1, 0UL, -1);
        foreach (var header in _headers)
        {
            if (header.Name is { } wanted && !name.SequenceEqual(wanted)) continue;
            var rule = _rules[header.Rule];
            if (rule.Finds) finders |= 1UL << header.Rule;
            else if (whole < 0) whole = header.Rule;
            if (rule.Finds && rule.Strict && strict < 0) strict = header.Rule;
        }

        return (whole, finders, strict);
    }

    int First(int[] mine, Func<MaskingRule, bool> isMeant) => mine.Where(i => isMeant(_rules[i])).DefaultIfEmpty(-1).First();

    ulong Bits(int[] mine, Func<MaskingRule, bool> isMeant) => mine.Where(i => isMeant(_rules[i])).Aggregate(0UL, (bits, i) => bits | 1UL << i);
}

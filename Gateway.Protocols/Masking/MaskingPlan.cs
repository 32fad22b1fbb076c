using System.Text;

namespace Gateway.Protocols.Masking;

/// <summary>What is done to the payloads of one topic in one direction: some of a connection's rules, ready to be followed.</summary>
public sealed class MaskingPlan
{
    readonly record struct HeaderRule(byte[]? Name, int Rule);

    readonly IReadOnlyList<MaskingRule> _rules;
    readonly HeaderRule[] _headers;

    internal MaskingPlan(IReadOnlyList<MaskingRule> rules, PathStarts starts, ulong chosen)
    {
        _rules = rules;
        int[] mine = [.. Enumerable.Range(0, rules.Count).Where(i => (chosen & 1UL << i) != 0)];
        var strict = Bits(mine, rule => rule.Strict);
        Values = new(rules)
        {
            Whole = First(mine, rule => rule.WholeValue && !rule.Finds),
            Finders = Bits(mine, rule => rule.WholeValue && rule.Finds),
            StrictText = First(mine, rule => rule.WholeValue && rule.Finds && rule.Strict),
            Json = mine.Any(i => rules[i].JsonPaths.Count > 0) ? new(starts.Json, chosen) : null,
            StrictJson = First(mine, rule => rule.JsonPaths.Count > 0 && rule.Strict),
            NeedsJson = First(mine, rule => rule.JsonPaths.Count > 0 && rule.AvroPaths.Count == 0 && rule.Strict),
            Avro = mine.Any(i => rules[i].AvroPaths.Count > 0) ? new(starts.AvroValues, chosen) : null,
            StrictAvro = First(mine, rule => rule.AvroPaths.Count > 0 && rule.Strict),
            NeedsAvro = First(mine, rule => rule.AvroPaths.Count > 0 && rule.JsonPaths.Count == 0 && rule.Strict),
            Strict = strict,
        };
        Keys = new(rules)
        {
            Whole = First(mine, rule => rule.Key && !rule.Finds),
            Finders = Bits(mine, rule => rule.Key && rule.Finds),
            StrictText = First(mine, rule => rule.Key && rule.Finds && rule.Strict),
            Avro = mine.Any(i => rules[i].AvroKeyPaths.Count > 0) ? new(starts.AvroKeys, chosen) : null,
            StrictAvro = First(mine, rule => rule.AvroKeyPaths.Count > 0 && rule.Strict),
            NeedsAvro = First(mine, rule => rule.AvroKeyPaths.Count > 0 && rule.Strict),
            Strict = strict,
        };
        _headers =
        [
            .. mine.SelectMany(i => rules[i].Headers.Select(name => new HeaderRule(name == "*" ? null : Encoding.UTF8.GetBytes(name), i))),
        ];
    }

    /// <summary>Whether headers have to be looked at.</summary>
    public bool HasHeaders => _headers.Length > 0;

    /// <summary>Whether keys have to be looked at.</summary>
    public bool HasKeys => Keys.IsLookedAt;

    /// <summary>Whether values have to be looked at.</summary>
    public bool HasValues => Values.IsLookedAt;

    internal PartPlan Values { get; }

    internal PartPlan Keys { get; }

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

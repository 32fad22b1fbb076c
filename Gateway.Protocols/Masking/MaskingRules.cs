using System.Collections.Concurrent;
using System.Numerics;

namespace Gateway.Protocols.Masking;

/// <summary>Whether a topic is among those that a pattern of the protocol's own notation stands for.</summary>
public delegate bool TopicMatch(ReadOnlySpan<char> pattern, ReadOnlySpan<char> topic);

/// <summary>The masking rules of one connection, compiled once for all of its sessions. Safe for use from several threads.</summary>
public sealed class MaskingRules
{
    /// <summary>Rules of one connection: a set of them is a word of the machine.</summary>
    public const int Most = 64;

    /// <summary>Sets of rules whose plan is kept. Origin: topics fall into a handful of them; more are made again each time.</summary>
    const int MostPlans = 256;

    public static readonly MaskingRules None = TryCreate([], static (_, _) => false)!;

    readonly ConcurrentDictionary<ulong, MaskingPlan> _plans = new();
    readonly TopicMatch _matches;
    readonly PathStarts _starts;
    readonly ulong _everywhere;

    MaskingRules(IReadOnlyList<MaskingRule> rules, TopicMatch matches, PathStarts starts)
    {
        (All, _matches, _starts) = (rules, matches, starts);
        _everywhere = Bits(rule => rule.Topics.Count == 0);
    }

    /// <summary>In the order of the document, which is that of their precedence.</summary>
    public IReadOnlyList<MaskingRule> All { get; }

    public bool IsEmpty => All.Count == 0;

    /// <summary>Null where the paths of these rules combine in more ways than can be followed together.</summary>
    /// <exception cref="ArgumentException">They are more than <see cref="Most"/>.</exception>
    public static MaskingRules? TryCreate(IReadOnlyList<MaskingRule> rules, TopicMatch matches)
    {
        if (rules.Count > Most) throw new ArgumentException($"more than {Most} rules", nameof(rules));
        return Start(rule => rule.JsonPaths) is { } json && Start(rule => rule.AvroPaths) is { } values && Start(rule => rule.AvroKeyPaths) is { } keys
            ? new(rules, matches, new(json, values, keys))
            : null;

        PathState? Start(Func<MaskingRule, IReadOnlyList<JsonPath>> paths) =>
            PathAutomaton.TryBuild(rules.SelectMany((rule, i) => paths(rule).Select(path => (i, rule.Finds, path))));
    }

    /// <summary>Whether any rule is for that direction.</summary>
    public bool Concern(Direction direction) => Bits(rule => IsFor(rule, direction)) != 0;

    /// <summary>What is done to payloads of a topic; null: nothing.</summary>
    public MaskingPlan? PlanOf(Direction direction, ReadOnlySpan<char> topic)
    {
        var chosen = _everywhere;
        for (var i = 0; i < All.Count; i++)
        {
            if (Matches(All[i], topic)) chosen |= 1UL << i;
        }

        for (var left = chosen; left != 0; left &= left - 1)
        {
            var i = BitOperations.TrailingZeroCount(left);
            if (!IsFor(All[i], direction)) chosen &= ~(1UL << i);
        }

        if (chosen == 0) return null;
        if (_plans.TryGetValue(chosen, out var plan)) return plan;
        plan = new(All, _starts, chosen);
        return _plans.Count < MostPlans ? _plans.GetOrAdd(chosen, plan) : plan;
    }

    bool Matches(MaskingRule rule, ReadOnlySpan<char> topic)
    {
        foreach (var pattern in rule.Topics)
        {
            if (_matches(pattern, topic)) return true;
        }

        return false;
    }

    static bool IsFor(MaskingRule rule, Direction direction) => rule.Direction is null || rule.Direction == direction;

    ulong Bits(Func<MaskingRule, bool> isMeant)
    {
        var bits = 0UL;
        for (var i = 0; i < All.Count; i++) bits |= isMeant(All[i]) ? 1UL << i : 0;
        return bits;
    }
}

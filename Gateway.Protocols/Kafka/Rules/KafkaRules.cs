using System.Runtime.CompilerServices;

namespace Gateway.Protocols.Kafka.Rules;

/// <summary>A grant's rules, ready to judge names by. Judging allocates nothing.</summary>
public sealed class KafkaRules
{
    /// <summary>Those of grants that are in use: a connection's sessions share one.</summary>
    static readonly ConditionalWeakTable<OperationRules, KafkaRules> s_known = [];

    static readonly KafkaOperation[] s_all = Enum.GetValues<KafkaOperation>();

    /// <summary>What may be seen because of what else may be done to it, as in Kafka's own lists.</summary>
    static readonly Dictionary<KafkaOperation, KafkaOperation[]> s_implied = new()
    {
        [KafkaOperation.Describe] = [KafkaOperation.Produce, KafkaOperation.Consume, KafkaOperation.Delete, KafkaOperation.Alter],
        [KafkaOperation.DescribeGroup] = [KafkaOperation.Group, KafkaOperation.AlterGroup],
    };

    readonly bool _anyAllow;
    readonly NamePattern[][] _allowed;
    readonly NamePattern[][] _denied;

    /// <inheritdoc cref="KafkaRules(OperationRules)"/>
    public static KafkaRules Of(OperationRules rules) => s_known.GetValue(rules, static known => new KafkaRules(known));

    /// <exception cref="ArgumentException">A rule's pattern is none: judged anyway, it could allow what nobody meant.</exception>
    public KafkaRules(OperationRules rules)
    {
        foreach (var rule in rules.Allow.Concat(rules.Deny))
        {
            if (!NamePattern.IsValid(rule.Resource)) throw new ArgumentException($"'{rule.Resource}' is not a pattern of names.", nameof(rules));
        }

        _anyAllow = rules.Allow.Count > 0;
        _allowed = [.. s_all.Select(operation => Concerning(rules.Allow, operation))];
        _denied = [.. s_all.Select(operation => Concerning(rules.Deny, operation))];
    }

    /// <summary>Whether that may be done to the resource of that name.</summary>
    public bool Allows(KafkaOperation operation, ReadOnlySpan<byte> name)
    {
        if (operation == KafkaOperation.Nothing) return true;
        if (AnyMatches(_denied[(int)operation], name)) return false;
        if (!_anyAllow || AnyMatches(_allowed[(int)operation], name)) return true;
        if (!s_implied.TryGetValue(operation, out var others)) return false;
        foreach (var other in others)
        {
            if (AnyMatches(_allowed[(int)other], name) && !AnyMatches(_denied[(int)other], name)) return true;
        }

        return false;
    }

    /// <summary>Whether it may be done to any resource there is or will be: nothing less lets a pattern of the client's own pass.</summary>
    public bool AllowsAll(KafkaOperation operation) =>
        _denied[(int)operation].Length == 0 && (!_anyAllow || _allowed[(int)operation].Any(pattern => pattern.MatchesAll));

    static bool AnyMatches(NamePattern[] patterns, ReadOnlySpan<byte> name)
    {
        foreach (var pattern in patterns)
        {
            if (pattern.Matches(name)) return true;
        }

        return false;
    }

    static NamePattern[] Concerning(IEnumerable<OperationRule> rules, KafkaOperation operation) =>
        [.. rules.Where(r => r.Operation == "*" || r.Operation == operation.Word()).Select(r => new NamePattern(r.Resource))];
}

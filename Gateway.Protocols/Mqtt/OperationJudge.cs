namespace Gateway.Protocols.Mqtt;

/// <summary>
/// Judges what a client asks for against its grant's rules. A topic name is a filter without wildcards, so one judgement serves
/// both.
/// </summary>
public sealed class OperationJudge
{
    readonly OperationRules _rules;

    /// <exception cref="ArgumentException">A rule's pattern is no topic filter: judged anyway, it could allow what nobody
    /// meant.</exception>
    public OperationJudge(OperationRules rules)
    {
        foreach (var rule in rules.Allow.Concat(rules.Deny))
        {
            if (TopicFilter.IsRulePattern(rule.Resource)) continue;
            throw new ArgumentException($"'{rule.Resource}' is not a topic filter.", nameof(rules));
        }

        _rules = rules;
    }

    public const string Publish = "publish";
    public const string Subscribe = "subscribe";

    /// <summary>True when the topic may be published to.</summary>
    public bool AllowsPublish(ReadOnlySpan<char> topic) => Allows(Publish, topic);

    /// <summary>
    /// True when every topic the filter can match is allowed, and none of them denied. Takes a valid filter, shared or not.
    /// </summary>
    public bool AllowsSubscribe(ReadOnlySpan<char> filter) => Allows(Subscribe, TopicFilter.Inner(filter));

    bool Allows(string operation, ReadOnlySpan<char> filter)
    {
        foreach (var rule in _rules.Deny)
        {
            if (Concerns(rule, operation) && TopicFilter.Overlaps(rule.Resource, filter)) return false;
        }

        foreach (var rule in _rules.Allow)
        {
            if (Concerns(rule, operation) && TopicFilter.Covers(rule.Resource, filter)) return true;
        }

        return _rules.Allow.Count == 0;
    }

    static bool Concerns(OperationRule rule, string operation) => rule.Operation == operation || rule.Operation == "*";
}

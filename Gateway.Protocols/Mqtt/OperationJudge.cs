namespace Gateway.Protocols.Mqtt;

/// <summary>
/// Judges what a client asks for against its grant's rules. A topic name is a filter without wildcards, so one judgement serves both.
/// Judging allocates nothing.
/// </summary>
public sealed class OperationJudge
{
    public const string Publish = "publish";
    public const string Subscribe = "subscribe";

    readonly Patterns _publish;
    readonly Patterns _subscribe;

    /// <exception cref="ArgumentException">
    /// A rule's pattern is no topic filter: judged anyway, it could allow what nobody meant.
    /// </exception>
    public OperationJudge(OperationRules rules)
    {
        foreach (var rule in rules.Allow.Concat(rules.Deny))
        {
            if (TopicFilter.IsRulePattern(rule.Resource)) continue;
            throw new ArgumentException($"'{rule.Resource}' is not a topic filter.", nameof(rules));
        }

        (_publish, _subscribe) = (Patterns.Of(rules, Publish), Patterns.Of(rules, Subscribe));
    }

    /// <summary>True when the topic may be published to.</summary>
    public bool AllowsPublish(ReadOnlySpan<char> topic) => _publish.Allow(topic);

    /// <summary>
    /// True when every topic the filter can match is allowed, and none of them denied. Takes a valid filter, shared or not.
    /// </summary>
    public bool AllowsSubscribe(ReadOnlySpan<char> filter) => _subscribe.Allow(TopicFilter.Inner(filter));

    /// <summary>As <see cref="AllowsPublish(ReadOnlySpan{char})"/>, for well-formed UTF-8.</summary>
    public bool AllowsPublish(ReadOnlySpan<byte> topic) => _publish.AllowAll || Allows(_publish, topic);

    /// <summary>As <see cref="AllowsSubscribe(ReadOnlySpan{char})"/>, for well-formed UTF-8.</summary>
    public bool AllowsSubscribe(ReadOnlySpan<byte> filter)
    {
        if (_subscribe.AllowAll) return true;
        using var chars = new TopicChars(filter, stackalloc char[TopicChars.Scratch]);
        return AllowsSubscribe(chars.Span);
    }

    /// <summary>
    /// True when a message of that topic may be received: some allowed subscription could have asked for it. Takes well-formed UTF-8.
    /// </summary>
    public bool AllowsDelivery(ReadOnlySpan<byte> topic) => _subscribe.AllowAll || Allows(_subscribe, topic);

    static bool Allows(Patterns patterns, ReadOnlySpan<byte> topic)
    {
        using var chars = new TopicChars(topic, stackalloc char[TopicChars.Scratch]);
        return patterns.Allow(chars.Span);
    }

    /// <summary>
    /// The rules that concern one operation. <see cref="AnyAllow"/> counts those of other operations too: see <see cref="OperationRules"/>.
    /// </summary>
    sealed record Patterns(bool AnyAllow, string[] Allowed, string[] Denied)
    {
        public bool AllowAll => !AnyAllow && Denied.Length == 0;

        public static Patterns Of(OperationRules rules, string operation) =>
            new(rules.Allow.Count > 0, Concerning(rules.Allow, operation), Concerning(rules.Deny, operation));

        public bool Allow(ReadOnlySpan<char> filter)
        {
            foreach (var denied in Denied)
            {
                if (TopicFilter.Overlaps(denied, filter)) return false;
            }

            foreach (var allowed in Allowed)
            {
                if (TopicFilter.Covers(allowed, filter)) return true;
            }

            return !AnyAllow;
        }

        static string[] Concerning(IEnumerable<OperationRule> rules, string operation) =>
            [.. rules.Where(r => r.Operation == operation || r.Operation == "*").Select(r => r.Resource)];
    }
}

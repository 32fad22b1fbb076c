namespace Gateway.Protocols;

/// <summary>
/// What a grant lets its holder do inside the protocol. An operation is allowed when no <see cref="Deny"/> rule matches it and either there is no
/// <see cref="Allow"/> rule at all or one of them matches.
/// </summary>
public sealed record OperationRules(IReadOnlyList<OperationRule> Allow, IReadOnlyList<OperationRule> Deny)
{
    public static readonly OperationRules Everything = new([], []);

    public bool AllowsEverything => Allow.Count == 0 && Deny.Count == 0;
}

/// <summary>
/// One rule: an operation in the protocol's own word (MQTT: <c>publish</c>, <c>subscribe</c>; <c>*</c> is every operation) on resources matching a
/// pattern in the protocol's own notation (MQTT: a topic filter with <c>+</c> and <c>#</c>).
/// </summary>
public sealed record OperationRule(string Operation, string Resource);

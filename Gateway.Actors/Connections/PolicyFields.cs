namespace Gateway.Actors.Connections;

/// <summary>Every field an access policy may have. <c>docs/policies.schema.json</c> says the same to editors.</summary>
public static class PolicyFields
{
    public const string Kind = "AccessPolicy";

    public static readonly IReadOnlyList<string> Metadata = ["name"];
    public static readonly IReadOnlyList<string> Spec = ["selector", "issuers", "rules"];
    public static readonly IReadOnlyList<string> Selector = ["matchLabels"];
}

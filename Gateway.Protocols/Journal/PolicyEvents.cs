namespace Gateway.Protocols.Journal;

/// <summary>Access rules for all connections of some labels were added, or took the place of the policy of that name.</summary>
public sealed record PolicyPut : RegistryEvent
{
    public required string Name { get; init; }

    /// <summary>The policy's YAML document in canonical form.</summary>
    public required string Document { get; init; }
}

public sealed record PolicyRemoved : RegistryEvent
{
    public required string Name { get; init; }
}

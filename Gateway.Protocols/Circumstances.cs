namespace Gateway.Protocols;

/// <summary>Where a conversation takes place.</summary>
/// <param name="Host">The name or address by which the client reached the gateway, which it can be told to come back to.</param>
/// <param name="Port">The port it reached.</param>
public sealed record Circumstances(string Host, int Port)
{
    /// <summary>What a survey learnt of the upstream; null where the protocol has none.</summary>
    public UpstreamFacts? Upstream { get; init; }

    /// <summary>Whether clients may prove themselves by a token.</summary>
    public bool TakesTokens { get; init; } = true;

    /// <summary>Whether clients may prove themselves as accounts, by SCRAM.</summary>
    public bool TakesAccounts { get; init; }

    /// <summary>Where a client finds a node of the upstream's cluster, null for one that nothing leads to; null itself where there is one place.</summary>
    public Func<int, (string Host, int Port)?>? PlaceOf { get; init; }
}

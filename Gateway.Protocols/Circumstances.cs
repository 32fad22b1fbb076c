namespace Gateway.Protocols;

/// <summary>Where a conversation takes place.</summary>
/// <param name="Host">The name or address by which the client reached the gateway, which it can be told to come back to.</param>
/// <param name="Port">The port it reached.</param>
public sealed record Circumstances(string Host, int Port)
{
    /// <summary>What a survey learnt of the upstream; null where the protocol has none.</summary>
    public UpstreamFacts? Upstream { get; init; }

    /// <summary>The port that leads to a node of the upstream's cluster, null for one that none leads to; null itself where all have one port.</summary>
    public Func<int, int?>? PortOf { get; init; }
}

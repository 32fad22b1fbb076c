namespace Gateway.Build;

/// <summary>A cluster to which everything happens that its promises speak of.</summary>
static class Chaos
{
    /// <summary>The spec reads it. Without it it is skipped.</summary>
    const string Wanted = "GATEWAY_CHAOS";

    public static Task<int> Run(CancellationToken cancel) => LongSpecs.Run(
        DebianPackages.ForSpecs, "chaos cannot be had", (Wanted, "1"), "Soaks.ChaosSoak.", "chaos/table.md", cancel);
}

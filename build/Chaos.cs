namespace Gateway.Build;

/// <summary>A cluster to which everything happens that its promises speak of.</summary>
static class Chaos
{
    /// <summary>The spec reads it. Without it it is skipped.</summary>
    const string Wanted = "GATEWAY_CHAOS";

    /// <summary>Part of the names of those faults that alone shall happen.</summary>
    const string Only = "GATEWAY_CHAOS_ONLY";

    public static Task<int> Run(string? only, CancellationToken cancel)
    {
        Environment.SetEnvironmentVariable(Only, only);
        return LongSpecs.Run(DebianPackages.ForSpecs, "chaos cannot be had", (Wanted, "1"), "Soaks.ChaosSoak.", "chaos/table.md", cancel);
    }
}

namespace Gateway.Benchmarks.Relays;

/// <summary>One way to run the gateway: what it keeps of the traffic, and where.</summary>
/// <param name="Name">As the report calls it.</param>
/// <param name="Level">The connections' <c>recording.level</c>.</param>
/// <param name="OnPostgreSql">The journal is in a PostgreSQL server of its own; otherwise in SQLite.</param>
sealed record GatewayFlavour(string Name, string Level, bool OnPostgreSql = false)
{
    public bool KeepsEveryByte => Level is "full";

    /// <summary>As it comes: everything is recorded, into SQLite.</summary>
    public static readonly GatewayFlavour Default = new("gateway", "full");

    public static readonly IReadOnlyList<GatewayFlavour> All =
    [
        new("gateway-off", "off"),
        new("gateway-metadata", "metadata"),
        Default,
        new("gateway-postgresql", "full", OnPostgreSql: true),
    ];
}

namespace Gateway.Specs.Support.Network;

/// <summary>Hosts of their own on one machine, and the cables between them. Each can be cut and be long.</summary>
sealed class SpecNetwork : IAsyncDisposable
{
    SpecNetwork(IReadOnlyList<NetworkHost> hosts) => (Hosts, Cables) = (hosts, new Cables(hosts.Select(host => host.Device)));

    public IReadOnlyList<NetworkHost> Hosts { get; }

    public Cables Cables { get; }

    /// <summary>So many hosts, each of which reaches each.</summary>
    public static async Task<SpecNetwork> BuildAsync(int hosts)
    {
        var built = new List<NetworkHost>();
        for (var i = 1; i <= hosts; i++) built.Add(await NetworkHost.BuildAsync(i));
        return new SpecNetwork(built);
    }

    public async ValueTask DisposeAsync()
    {
        Cables.Dispose();
        foreach (var host in Hosts) await host.DisposeAsync();
    }
}

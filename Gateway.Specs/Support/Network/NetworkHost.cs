using System.Net;
using Npgsql;

namespace Gateway.Specs.Support.Network;

/// <summary>
/// A host of a <see cref="SpecNetwork"/>. What is on this machine's loopback - database, upstream, issuer - it finds on its own, at the same port; and its
/// clients find it on this machine's. These ways are beside the cables: what becomes of them is told apart.
/// </summary>
public sealed class NetworkHost : IAsyncDisposable
{
    readonly NetworkNamespace _space;
    readonly List<Door> _doors = [];
    Door? _database;

    NetworkHost(NetworkNamespace space, TunDevice device, string address) => (_space, Device, Address) = (space, device, address);

    internal TunDevice Device { get; }

    public string Address { get; }

    /// <summary>What a command has before it to run there.</summary>
    public IReadOnlyList<string> Entering => [Tool.Path("ip"), "netns", "exec", _space.Name];

    /// <summary>Builds host 1, 2, and so on, as 10.77.0.1, 10.77.0.2.</summary>
    public static async Task<NetworkHost> BuildAsync(int number)
    {
        var space = await NetworkNamespace.CreateAsync($"gw-{Environment.ProcessId}-{number}");
        var host = new NetworkHost(space, space.Within(TunDevice.Open), $"10.77.0.{number}");
        await space.SetAsync("addr", "add", $"{host.Address}/24", "dev", TunDevice.Name);
        await space.SetAsync("link", "set", TunDevice.Name, "up", "mtu", "1400");
        return host;
    }

    /// <summary>Opens the ways that a node with that plan needs.</summary>
    public void Connect(TestCluster cluster, NodePlan plan)
    {
        In(plan.Address);
        In(new IPEndPoint(IPAddress.Loopback, plan.AdminPort));
        Out(cluster.Upstream.Port);
        Out(new Uri(cluster.Issuer.Authority).Port);
        _database = Out(new NpgsqlConnectionStringBuilder(cluster.Database).Port);
    }

    /// <summary>Whether it reaches the database.</summary>
    public void ReachDatabase(bool reach)
    {
        if (reach) _database!.Open();
        else _database!.Shut();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var door in _doors) await door.DisposeAsync();
        await _space.DisposeAsync();
        Device.Dispose();
    }

    void In(IPEndPoint at) => _doors.Add(new Door(Door.Listener(at), () => _space.Within(Door.Client), at));

    Door Out(int port)
    {
        var at = new IPEndPoint(IPAddress.Loopback, port);
        var door = new Door(_space.Within(() => Door.Listener(at)), Door.Client, at);
        _doors.Add(door);
        return door;
    }
}

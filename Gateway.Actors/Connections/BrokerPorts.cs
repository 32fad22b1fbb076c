using System.Net;

namespace Gateway.Actors.Connections;

/// <summary>A port for each broker of a cluster whose clients address brokers one by one: node <c>FirstNode + n</c> has port <c>FirstPort + n</c>.</summary>
public sealed record BrokerPorts(int FirstNode, int FirstPort, int Count)
{
    /// <summary>More brokers than clusters have whose every broker all clients connect to.</summary>
    public const int Most = 1000;

    /// <summary>The port that leads to the broker, or null where none does.</summary>
    public int? PortOf(int node) => node >= FirstNode && node - FirstNode < Count ? FirstPort + (node - FirstNode) : null;

    /// <summary>The broker that a port leads to, or null where it leads to any.</summary>
    public int? NodeOf(int port) => port >= FirstPort && port - FirstPort < Count ? FirstNode + (port - FirstPort) : null;

    public IEnumerable<IPEndPoint> At(IPAddress address) => Enumerable.Range(FirstPort, Count).Select(port => new IPEndPoint(address, port));
}

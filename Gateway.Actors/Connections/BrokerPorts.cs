using System.Net;

namespace Gateway.Actors.Connections;

/// <summary>A port for each broker: node <c>FirstNode + n</c> has port <c>FirstPort + n</c>.</summary>
public sealed record BrokerPorts(int FirstNode, int FirstPort, int Count) : BrokerRoutes
{
    /// <summary>More brokers than clusters have whose every broker all clients connect to.</summary>
    public const int Most = 1000;

    public override (string Host, int Port)? PlaceOf(int node, string host, int port) =>
        node >= FirstNode && node - FirstNode < Count ? (host, FirstPort + (node - FirstNode)) : null;

    public override int? NodeOf(string? serverName, int port) => port >= FirstPort && port - FirstPort < Count ? FirstNode + (port - FirstPort) : null;

    public override IEnumerable<IPEndPoint> Listens(IPEndPoint first) =>
        [first, .. Enumerable.Range(FirstPort, Count).Select(port => new IPEndPoint(first.Address, port))];
}

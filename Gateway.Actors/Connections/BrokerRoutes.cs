using System.Net;

namespace Gateway.Actors.Connections;

/// <summary>How each broker of a cluster is reached through the gateway, where clients address brokers one by one.</summary>
public abstract record BrokerRoutes
{
    /// <summary>Where a client that came to this host and port finds the broker, or null where nothing leads to it.</summary>
    public abstract (string Host, int Port)? PlaceOf(int node, string host, int port);

    /// <summary>The broker that a client asks for by the name (SNI) and the port it came to, or null where any will do.</summary>
    public abstract int? NodeOf(string? serverName, int port);

    /// <summary>All that is listened on, where <paramref name="first"/> is where clients begin.</summary>
    public virtual IEnumerable<IPEndPoint> Listens(IPEndPoint first) => [first];
}

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Gateway.Actors.Connections;

namespace Gateway.Actors.Accept;

/// <summary>Step 1: a client reached a connection's port. Nothing is known of it but its address. Owns the socket.</summary>
public sealed class AcceptedConnection(Socket socket, ConnectionProfile profile, IPEndPoint client) : IDisposable
{
    public Socket Socket { get; } = socket;

    public ConnectionProfile Profile { get; } = profile;

    public IPEndPoint Client { get; } = client;

    /// <summary>True for the node's own look at its listener: no client, and no balancer.</summary>
    public bool IsProbe { get; init; }

    /// <summary>When it came, as a <see cref="Stopwatch"/> has it.</summary>
    public long At { get; } = Stopwatch.GetTimestamp();

    /// <summary>Its place among the connections of its address; null for a balancer's until it has told whom it brings.</summary>
    public AddressShare? Share { get; set; }

    /// <summary>Whether there is a place for it, which is taken now if it has none, because only now its client is known.</summary>
    /// <param name="client">Whom it leads to. A balancer that comes for itself needs no place, nor does the node.</param>
    /// <param name="limits">What one address may cost.</param>
    public bool HasPlace(IPAddress client, AddressLimits limits) =>
        IsProbe || Share is not null || Profile.IsBalancer(client) || (Share = limits.TryEnter(client, out _)) is not null;

    public void Dispose()
    {
        Socket.Dispose();
        Share?.Dispose();
    }
}

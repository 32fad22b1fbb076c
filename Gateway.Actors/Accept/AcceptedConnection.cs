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

    /// <summary>Its place among the connections of its address; null for a balancer's.</summary>
    public AddressShare? Share { get; set; }

    public void Dispose()
    {
        Socket.Dispose();
        Share?.Dispose();
    }
}

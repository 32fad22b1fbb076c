using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Gateway.Actors.Accept;

/// <summary>
/// The connections by which this node looks at its own listeners from outside. A listener gives such a one the handshake that clients get, and then
/// closes it: it is no session, and nobody refused. It is known by the local port that this process holds while it probes, which nobody else can then
/// have. Safe for use from several threads.
/// </summary>
public sealed class OwnProbes
{
    readonly ConcurrentDictionary<IPEndPoint, bool> _probes = new();

    /// <summary>A connection to a listener of this node. Throws <see cref="SocketException"/>.</summary>
    public async Task<OwnProbe> ConnectAsync(IPEndPoint listener, CancellationToken cancel)
    {
        var target = new IPEndPoint(Reachable(listener.Address), listener.Port);
        var socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // Known before the listener can see it.
            socket.Bind(new IPEndPoint(target.Address, 0));
            var own = (IPEndPoint)socket.LocalEndPoint!;
            _probes[own] = true;
            var probe = new OwnProbe(socket, () => _probes.TryRemove(own, out _));
            try
            {
                await socket.ConnectAsync(target, cancel).ConfigureAwait(false);
                return probe;
            }
            catch
            {
                probe.Dispose();
                throw;
            }
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Whether the client of an accepted connection is this node itself, probing.</summary>
    public bool IsOne(IPEndPoint client) => _probes.ContainsKey(client);

    static IPAddress Reachable(IPAddress listener)
    {
        if (listener.Equals(IPAddress.Any)) return IPAddress.Loopback;
        return listener.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : listener;
    }
}

/// <summary>A probe's connection. Owns the socket.</summary>
public sealed class OwnProbe(Socket socket, Action over) : IDisposable
{
    public Socket Socket => socket;

    public void Dispose()
    {
        // Closed first: until then the port cannot be anybody else's.
        socket.Dispose();
        over();
    }
}

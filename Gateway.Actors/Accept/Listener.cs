using System.Net;
using System.Net.Sockets;
using Gateway.Actors.Connections;

namespace Gateway.Actors.Accept;

/// <summary>One connection profile's open port on this node.</summary>
public sealed class Listener : IDisposable
{
    /// <summary>Connections the kernel completes ahead of accept. Origin: net.core.somaxconn has been 4096 since Linux 5.4; nginx asks for 511.</summary>
    const int Backlog = 511;

    readonly Socket _socket;

    Listener(ConnectionProfile profile, Socket socket)
    {
        (Profile, _socket) = (profile, socket);
        Address = (IPEndPoint)socket.LocalEndPoint!;
    }

    public ConnectionProfile Profile { get; }

    /// <summary>The address in use, with the port the system chose where the profile has 0.</summary>
    public IPEndPoint Address { get; }

    /// <summary>
    /// Reserves every profile's port, or none: nobody is answered before <see cref="Listen"/>. Throws <see cref="ListenersNotOpenException"/> naming each
    /// that cannot be had.
    /// </summary>
    public static IReadOnlyList<Listener> ReserveAll(IEnumerable<ConnectionProfile> profiles)
    {
        var open = new List<Listener>();
        var faults = new List<string>();
        foreach (var profile in profiles)
        {
            try
            {
                open.Add(Reserve(profile));
            }
            catch (SocketException e)
            {
                faults.Add($"connection {profile.Name} cannot listen on {profile.Listen}: {e.Message}");
            }
        }

        if (faults.Count == 0) return open;
        foreach (var listener in open) listener.Dispose();
        throw new ListenersNotOpenException(faults);
    }

    /// <summary>Reserves the profile's port; null with a problem that names the remedy.</summary>
    public static Listener? TryReserve(ConnectionProfile profile, out string? problem)
    {
        problem = null;
        try
        {
            return Reserve(profile);
        }
        catch (SocketException e)
        {
            problem = $"cannot listen on {profile.Listen}: {e.Message}; free the port or change spec.listen";
            return null;
        }
    }

    /// <summary>Lets clients connect from now on.</summary>
    public void Listen() => _socket.Listen(Backlog);

    /// <summary>The next client's socket.</summary>
    public async Task<Socket> AcceptAsync(CancellationToken cancel) => await _socket.AcceptAsync(cancel).ConfigureAwait(false);

    public void Dispose() => _socket.Dispose();

    static Listener Reserve(ConnectionProfile profile)
    {
        var socket = new Socket(profile.Listen.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (profile.Listen.Address.Equals(IPAddress.IPv6Any)) socket.DualMode = true;
            socket.Bind(profile.Listen);
            return new Listener(profile, socket);
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>Ports that could not be opened, each as one line.</summary>
public sealed class ListenersNotOpenException(IReadOnlyList<string> faults)
    : Exception($"{string.Join("; ", faults)}. Free the port or change spec.listen of the connection.")
{
    public IReadOnlyList<string> Faults { get; } = faults;
}

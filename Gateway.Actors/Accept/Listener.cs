using System.Net;
using System.Net.Sockets;
using Gateway.Actors.Connections;

namespace Gateway.Actors.Accept;

/// <summary>One connection profile's open port on this node, and those of its brokers if it has any.</summary>
public sealed class Listener : IDisposable
{
    /// <summary>Connections the kernel completes ahead of accept. Origin: net.core.somaxconn has been 4096 since Linux 5.4; nginx asks for 511.</summary>
    const int Backlog = 511;

    readonly Socket[] _sockets;
    readonly Task<Socket>?[] _accepting;

    Listener(ConnectionProfile profile, Socket[] sockets)
    {
        (Profile, _sockets, _accepting) = (profile, sockets, new Task<Socket>?[sockets.Length]);
        Address = (IPEndPoint)sockets[0].LocalEndPoint!;
    }

    public ConnectionProfile Profile { get; }

    /// <summary>The address in use, with the port the system chose where the profile has 0.</summary>
    public IPEndPoint Address { get; }

    /// <summary>
    /// Reserves every profile's ports, or none: nobody is answered before <see cref="Listen"/>. Throws <see cref="ListenersNotOpenException"/> naming, of
    /// each profile that has one, the first that cannot be had.
    /// </summary>
    public static IReadOnlyList<Listener> ReserveAll(IEnumerable<ConnectionProfile> profiles)
    {
        var open = new List<Listener>();
        var faults = new List<string>();
        foreach (var profile in profiles)
        {
            if (TryBind(profile, out var fault) is { } listener) open.Add(listener);
            else faults.Add($"connection {profile.Name} {fault}");
        }

        if (faults.Count == 0) return open;
        foreach (var listener in open) listener.Dispose();
        throw new ListenersNotOpenException(faults);
    }

    /// <summary>Reserves the profile's ports; null with a problem that names the one that cannot be had, and the remedy.</summary>
    public static Listener? TryReserve(ConnectionProfile profile, out string? problem)
    {
        var listener = TryBind(profile, out var fault);
        problem = listener is null ? $"{fault}; free the port or change spec.listen" : null;
        return listener;
    }

    /// <summary>Lets clients connect from now on.</summary>
    public void Listen()
    {
        foreach (var socket in _sockets) socket.Listen(Backlog);
    }

    /// <summary>The next client's socket, at whichever port it came. One call at a time.</summary>
    public Task<Socket> AcceptAsync(CancellationToken cancel) =>
        _sockets.Length == 1 ? _sockets[0].AcceptAsync(cancel).AsTask() : AcceptAnyAsync(cancel);

    public void Dispose()
    {
        foreach (var socket in _sockets) socket.Dispose();
        // A client that came while nobody asked for it is not left waiting; what else there is to say went to whoever asked.
        foreach (var accepting in _accepting)
            if (accepting is not null) _ = LetGoAsync(accepting);
    }

    static async Task LetGoAsync(Task<Socket> accepting)
    {
        await ((Task)accepting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (accepting.IsCompletedSuccessfully) (await accepting.ConfigureAwait(false)).Dispose();
    }

    async Task<Socket> AcceptAnyAsync(CancellationToken cancel)
    {
        // What was begun for the other ports goes on until they have a client.
        for (var i = 0; i < _sockets.Length; i++) _accepting[i] ??= _sockets[i].AcceptAsync(CancellationToken.None).AsTask();
        var done = await Task.WhenAny(_accepting!).WaitAsync(cancel).ConfigureAwait(false);
        _accepting[Array.IndexOf(_accepting, done)] = null;
        return await done.ConfigureAwait(false);
    }

    static Listener? TryBind(ConnectionProfile profile, out string? fault)
    {
        fault = null;
        var sockets = new List<Socket>();
        foreach (var listen in profile.Listens)
        {
            try
            {
                var socket = new Socket(listen.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                sockets.Add(socket);
                if (listen.Address.Equals(IPAddress.IPv6Any)) socket.DualMode = true;
                socket.Bind(listen);
            }
            catch (SocketException e)
            {
                foreach (var bound in sockets) bound.Dispose();
                fault = $"cannot listen on {listen}: {e.Message}";
                return null;
            }
        }

        return new Listener(profile, [.. sockets]);
    }
}

/// <summary>Ports that could not be opened, each as one line.</summary>
public sealed class ListenersNotOpenException(IReadOnlyList<string> faults)
    : Exception($"{string.Join("; ", faults)}. Free the port or change spec.listen of the connection.")
{
    public IReadOnlyList<string> Faults { get; } = faults;
}

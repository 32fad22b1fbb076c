using System.Net.Sockets;
using Akka.Actor;

namespace Gateway.Actors.Hosting.Clustering.Crashes;

/// <summary>Connects to a member's port of remoting, says nothing, and hangs up.</summary>
public static class PortKnock
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    /// <summary>True only when the host answered that nobody listens there. Silence says nothing: it may be the network.</summary>
    public static async Task<bool> IsRefusedAsync(Address address)
    {
        if (address.Host is not { } host || address.Port is not { } port) return false;
        using var deadline = new CancellationTokenSource(s_patience);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(host, port, deadline.Token).ConfigureAwait(false);
            return false;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode == SocketError.ConnectionRefused;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}

using System.Net;
using System.Net.Sockets;

namespace Gateway.Specs.Support;

/// <summary>Two sockets connected to each other over loopback.</summary>
public sealed class LoopbackPair : IDisposable
{
    LoopbackPair(Socket client, Socket server) => (Client, Server) = (client, server);

    public Socket Client { get; }

    public Socket Server { get; }

    public static async Task<LoopbackPair> ConnectAsync()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync(listener.LocalEndPoint!);
        return new LoopbackPair(client, await listener.AcceptAsync());
    }

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
    }
}

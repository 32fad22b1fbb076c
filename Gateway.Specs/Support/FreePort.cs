using System.Net;
using System.Net.Sockets;

namespace Gateway.Specs.Support;

/// <summary>
/// A port that is free at this moment, for programs that must be told one. Another process may take it first: whoever asks has to try again
/// then.
/// </summary>
public static class FreePort
{
    public static int Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

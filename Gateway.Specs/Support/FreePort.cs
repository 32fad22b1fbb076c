using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Gateway.Specs.Support;

/// <summary>
/// A port that is free at this moment, for programs that must be told one, and given out once. Below those that the system hands to clients, so that no
/// outgoing connection takes it first; another program still may.
/// </summary>
public static class FreePort
{
    // Linux gives clients 32768 and up, the IANA's dynamic ports begin at 49152.
    const int First = 20_000;
    const int Last = 32_000;

    static readonly ConcurrentDictionary<int, byte> s_given = new();

    public static int Next()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, Last);
            if (IsFree(port) && s_given.TryAdd(port, 0)) return port;
        }
    }

    /// <summary>The first of so many ports in a row.</summary>
    public static int NextOf(int count)
    {
        while (true)
        {
            var first = Random.Shared.Next(First, Last - count);
            if (Enumerable.Range(first, count).All(port => IsFree(port) && s_given.TryAdd(port, 0))) return first;
        }
    }

    /// <summary>Whether somebody listens there by now.</summary>
    public static bool IsTaken(int port)
    {
        try
        {
            using var probe = new TcpClient();
            probe.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

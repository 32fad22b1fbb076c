using System.Net;
using System.Net.Sockets;

namespace Gateway.Benchmarks.Machine;

/// <summary>Loopback ports that were free a moment ago, for programs that cannot choose one themselves and say which.</summary>
static class FreePorts
{
    /// <summary>So many, no two of them the same.</summary>
    public static int[] Take(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners) listener.Start();
        int[] ports = [.. listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port)];
        foreach (var listener in listeners) listener.Dispose();
        return ports;
    }
}

using System.Net;
using System.Net.Sockets;
using Gateway.Benchmarks.Tls;

namespace Gateway.Benchmarks.Relays;

/// <summary>What a relay needs to be configured: where the backend is, whom to trust, where to write its files.</summary>
sealed record RelayPlan(BackendPorts Backend, CertificateFiles Certificates, string Directory)
{
    /// <summary>A directory for one relay's files, made.</summary>
    public string DirectoryOf(string relay) => System.IO.Directory.CreateDirectory(Path.Combine(Directory, relay)).FullName;

    /// <summary>A loopback port for every route, free a moment ago. The relays cannot choose ports themselves and say which.</summary>
    public static IReadOnlyDictionary<Route, int> FreePorts()
    {
        var listeners = Enum.GetValues<Route>().ToDictionary(r => r, _ => new TcpListener(IPAddress.Loopback, 0));
        foreach (var listener in listeners.Values) listener.Start();
        var ports = listeners.ToDictionary(l => l.Key, l => ((IPEndPoint)l.Value.LocalEndpoint).Port);
        foreach (var listener in listeners.Values) listener.Dispose();
        return ports;
    }
}

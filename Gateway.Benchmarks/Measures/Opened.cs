using Gateway.Benchmarks.Load;
using Gateway.Benchmarks.Relays;
using Gateway.Benchmarks.Tls;

namespace Gateway.Benchmarks.Measures;

/// <summary>
/// Connections that have been through both legs already, watched by a loop, closed together at the end. They are opened a few at a time: no
/// relay is to refuse them for their rate.
/// </summary>
sealed class Opened : IDisposable
{
    const int AtOnce = 32;

    readonly List<TlsConnection> _connections;

    public Opened(Workbench bench, IRelay relay, Route route, LoadLoop loop, int count)
    {
        _connections = new List<TlsConnection>(count);
        try
        {
            while (_connections.Count < count)
            {
                for (var i = Math.Min(AtOnce, count - _connections.Count); i > 0; i--) _connections.Add(Begin(bench, relay, route, loop));
                loop.Run(Workbench.CellLimit);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public IReadOnlyList<TlsConnection> Connections => _connections;

    public void Dispose()
    {
        foreach (var connection in _connections) connection.Dispose();
    }

    static TlsConnection Begin(Workbench bench, IRelay relay, Route route, LoadLoop loop)
    {
        var connection = bench.Connect(relay, route);
        loop.Add(bench.Speaking(route).Open(connection, bench.Scratch), isNew: true);
        return connection;
    }
}

static class Counted
{
    public static string Of(int connections) => connections == 1 ? "1 connection" : $"{connections} connections";
}

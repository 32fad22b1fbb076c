using Gateway.Actors.Accept;
using Gateway.Actors.Connections;

namespace Gateway.Actors.Hosting;

/// <summary>The connections of the node's file, with the ports they really have.</summary>
sealed class FixedConnections(IEnumerable<Listener> listeners) : IConnections
{
    public IReadOnlyList<ConnectionProfile> All { get; } =
        [.. listeners.Select(l => l.Profile with { Listen = l.Address }).OrderBy(p => p.Name, StringComparer.Ordinal)];
}

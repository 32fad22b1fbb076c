using Gateway.Actors.Connections;

namespace Gateway.Actors.Hosting;

/// <summary>The connections this node serves now.</summary>
public interface IConnections
{
    /// <summary>Ordered by name.</summary>
    IReadOnlyList<ConnectionProfile> All { get; }
}

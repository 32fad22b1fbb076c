using Gateway.Actors.Connections;

namespace Gateway.Actors.Hosting;

/// <summary>The connections this node serves now.</summary>
public interface IConnections
{
    /// <summary>Those that are sound, with the ports they really have; ordered by name.</summary>
    IReadOnlyList<ConnectionProfile> All { get; }

    /// <summary>Those that are wanted, sound or not; ordered by name.</summary>
    IReadOnlyList<ServedConnection> Served { get; }
}

/// <summary>Where a connection was written down.</summary>
public enum ConnectionOrigin
{
    /// <summary>In the node's own connections file.</summary>
    File,

    /// <summary>In the cluster's registry.</summary>
    Registry,
}

/// <summary>A connection, and whether this node serves it.</summary>
/// <param name="Name">Unique per origin.</param>
/// <param name="Origin">Where it was written down.</param>
/// <param name="Revision">The registry's number of it; 0 for one of the file.</param>
/// <param name="Profile">With the port it really has; null when it is not sound on this node.</param>
/// <param name="Problem">Why this node does not serve it, and the remedy; null when it does.</param>
public sealed record ServedConnection(string Name, ConnectionOrigin Origin, long Revision, ConnectionProfile? Profile, string? Problem);

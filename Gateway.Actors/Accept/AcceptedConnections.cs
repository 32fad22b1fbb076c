using System.Collections.Concurrent;

namespace Gateway.Actors.Accept;

/// <summary>
/// Sockets between the listener that accepted them and the session that will own them. A socket cannot travel in a message: the session entity is
/// allocated to this node and takes it from here, once.
/// </summary>
public sealed class AcceptedConnections
{
    readonly ConcurrentDictionary<string, AcceptedConnection> _waiting = new(StringComparer.Ordinal);

    public void Add(string sessionId, AcceptedConnection connection)
    {
        if (!_waiting.TryAdd(sessionId, connection)) throw new InvalidOperationException($"Session id {sessionId} was given out twice.");
    }

    /// <summary>The socket of that session, now owned by the caller; null when there is none on this node.</summary>
    public AcceptedConnection? Take(string sessionId) => _waiting.TryRemove(sessionId, out var connection) ? connection : null;
}

using System.Collections.Concurrent;

namespace Gateway.Actors.Accept;

/// <summary>
/// Sockets between the listener that accepted them and the session that will own them. A socket cannot travel in a message: the session entity is
/// allocated to this node and takes it from here, once.
/// </summary>
public sealed class AcceptedConnections(TimeProvider time)
{
    readonly ConcurrentDictionary<string, Waiting> _waiting = new(StringComparer.Ordinal);

    public void Add(string sessionId, AcceptedConnection connection)
    {
        if (!_waiting.TryAdd(sessionId, new Waiting(connection, time.GetTimestamp())))
            throw new InvalidOperationException($"Session id {sessionId} was given out twice.");
    }

    public bool Has(string sessionId) => _waiting.ContainsKey(sessionId);

    /// <summary>The socket of that session, now owned by the caller; null when there is none on this node.</summary>
    public AcceptedConnection? Take(string sessionId) => _waiting.TryRemove(sessionId, out var waiting) ? waiting.Connection : null;

    /// <summary>Those that no session has taken for longer than <paramref name="age"/>, now owned by the caller.</summary>
    public IReadOnlyList<AcceptedConnection> TakeOlderThan(TimeSpan age) =>
        [.. _waiting.Where(w => time.GetElapsedTime(w.Value.Since) > age).Select(w => Take(w.Key)).OfType<AcceptedConnection>()];

    readonly record struct Waiting(AcceptedConnection Connection, long Since);
}

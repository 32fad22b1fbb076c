using System.Collections.Concurrent;

namespace Gateway.Actors.Accept;

/// <summary>
/// What unknown peers may cost this node: connections in the handshake or login phase over all listeners, and sessions per connection profile. Safe for
/// use from several threads.
/// </summary>
/// <param name="handshakes">Connections in the handshake or login phase at once.</param>
public sealed class ConnectionSlots(int handshakes) : IDisposable
{
    readonly SemaphoreSlim _handshakes = new(handshakes, handshakes);
    readonly ConcurrentDictionary<string, int> _sessions = new(StringComparer.Ordinal);

    /// <summary>Waits for a place among the handshakes, before a connection is accepted: what has no place waits in the kernel's backlog.</summary>
    public Task BeginHandshakeAsync(CancellationToken cancel) => _handshakes.WaitAsync(cancel);

    public void EndHandshake() => _handshakes.Release();

    /// <summary>False when the connection has <paramref name="most"/> sessions on this node.</summary>
    public bool TryBeginSession(string connection, int most)
    {
        if (_sessions.AddOrUpdate(connection, 1, static (_, count) => count + 1) <= most) return true;
        EndSession(connection);
        return false;
    }

    public void EndSession(string connection) => _sessions.AddOrUpdate(
        connection,
        static name => throw new InvalidOperationException($"No session of {name} has begun."),
        static (name, count) => count > 0 ? count - 1 : throw new InvalidOperationException($"More sessions of {name} ended than began."));

    public void Dispose() => _handshakes.Dispose();
}

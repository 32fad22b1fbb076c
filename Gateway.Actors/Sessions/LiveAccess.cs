using System.Collections.Concurrent;
using Gateway.Actors.Authorize;
using Gateway.Actors.Protocol;

namespace Gateway.Actors.Sessions;

/// <summary>What the sessions of this node stand on, from the moment their subject is known. Safe for use from several threads.</summary>
public sealed class LiveAccess
{
    readonly ConcurrentDictionary<string, Standing> _sessions = new(StringComparer.Ordinal);

    /// <summary>The sessions now; some may end meanwhile.</summary>
    public IEnumerable<KeyValuePair<string, Standing>> All => _sessions;

    public void Add(string sessionId, SessionAccess access, SessionStop stop) => _sessions[sessionId] = new(access, stop);

    public void Remove(string sessionId) => _sessions.TryRemove(sessionId, out _);

    /// <summary>What a session stands on, and how to end it.</summary>
    public sealed record Standing(SessionAccess Access, SessionStop Stop);
}

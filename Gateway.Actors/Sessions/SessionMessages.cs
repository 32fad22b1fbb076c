using Gateway.Protocols;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Sessions;

/// <summary>A message for one session, wherever in the cluster it lives.</summary>
public interface IForSession : IClusterMessage
{
    string SessionId { get; }
}

/// <summary>
/// Sent by the listener of the node that accepted the socket, and so only ever handled there: the session takes the socket from its node's
/// <see cref="Accept.AcceptedConnections"/>.
/// </summary>
public sealed record OpenSession(string SessionId) : IForSession;

/// <summary>End the session now; answered with <see cref="SessionEnded"/> once the seal is durable. Idempotent.</summary>
public sealed record EndSession(string SessionId, Ending Ending, Refusal Refusal, string Detail) : IForSession;

/// <summary>The session's last event is durable.</summary>
public sealed record SessionEnded(string SessionId) : IClusterMessage;

/// <summary>Published on the node's event stream: the session's actor stopped before the session's end was durable. The sealer ends it.</summary>
public sealed record SessionLeftOpen(string SessionId, Refusal Refusal);

/// <summary>Asks for a <see cref="SessionState"/>; works for live and ended sessions on any node.</summary>
public sealed record ShowSession(string SessionId) : IForSession;

/// <summary>What a session says of itself. <see cref="Phase"/> is one of the words of <see cref="SessionPhase"/>.</summary>
public sealed record SessionState(string SessionId, string Phase, string NodeKey, long ToUpstreamBytes, long ToClientBytes, uint Chunks)
    : IClusterMessage;

public static class SessionPhase
{
    public const string Opening = "opening";
    public const string Streaming = "streaming";
    public const string Ending = "ending";
    public const string Ended = "ended";
    public const string Unknown = "unknown";
}

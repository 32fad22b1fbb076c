namespace Gateway.Actors.Accept;

/// <summary>Asks a node's listeners for all they serve; answered with <see cref="ListenersShown"/>.</summary>
public sealed record ShowListeners(string Connection) : IClusterMessage;

/// <summary>
/// How a node serves a connection: at that revision, on that address. <paramref name="Address"/> is empty while it does not listen, then
/// <paramref name="Problem"/> says why; <paramref name="Problem"/> is empty when there is none.
/// </summary>
public sealed record ListenersShown(string NodeKey, string Connection, long Revision, string Address, string Problem) : IClusterMessage;

using Gateway.Actors.Sessions;

namespace Gateway.Actors.Hosting;

/// <summary>Speaks to sessions wherever in the cluster they live. A session that does not answer in time is a <see cref="TimeoutException"/>.</summary>
public interface ISessionCommands
{
    /// <summary>What the session says of itself; phase <see cref="SessionPhase.Unknown"/> when there is none of that id.</summary>
    Task<SessionState> ShowAsync(string sessionId, CancellationToken cancel);

    /// <summary>Ends the session; completes once its seal is durable. Ending an ended session does nothing.</summary>
    Task EndAsync(EndSession command, CancellationToken cancel);
}

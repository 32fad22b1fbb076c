using Akka.Actor;
using Gateway.Actors.Sessions;

namespace Gateway.Actors.Hosting;

/// <summary>Asks the session's actor, wherever in the cluster it lives.</summary>
sealed class SessionCommands(NodeActors actors) : ISessionCommands
{
    static readonly TimeSpan s_answer = TimeSpan.FromSeconds(10);

    public async Task<SessionState> ShowAsync(string sessionId, CancellationToken cancel)
    {
        if (SessionIds.NodeKey(sessionId) is null) return new SessionState(sessionId, SessionPhase.Unknown, "", 0, 0, 0);
        return await AskAsync<SessionState>(new ShowSession(sessionId), cancel);
    }

    public Task EndAsync(EndSession command, CancellationToken cancel) => AskAsync<SessionEnded>(command, cancel);

    async Task<T> AskAsync<T>(IForSession message, CancellationToken cancel)
    {
        var region = await actors.Sessions.WaitAsync(s_answer, cancel);
        try
        {
            return await region.Ask<T>(message, s_answer, cancel);
        }
        catch (AskTimeoutException e)
        {
            throw new TimeoutException($"Session {message.SessionId} did not answer within {s_answer.TotalSeconds:0} s.", e);
        }
    }
}

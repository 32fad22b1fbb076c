using Gateway.Actors.Protocol;

namespace Gateway.Actors.Sessions;

/// <summary>How long one step may take: until its time is up, or until the session's end is requested.</summary>
sealed class SessionDeadline : IDisposable
{
    readonly CancellationTokenSource _timer;
    readonly CancellationTokenSource _either;

    public SessionDeadline(SessionStop stop, TimeSpan limit, TimeProvider time)
    {
        _timer = new CancellationTokenSource(limit, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_timer.Token, stop.Requested);
    }

    public CancellationToken Token => _either.Token;

    public void Dispose()
    {
        _either.Dispose();
        _timer.Dispose();
    }
}

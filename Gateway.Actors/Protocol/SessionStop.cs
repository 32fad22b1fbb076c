namespace Gateway.Actors.Protocol;

/// <summary>
/// Ends one session from outside: an operator, a drain, a failed recording. The first reason counts. Safe for use from several threads.
/// </summary>
public sealed class SessionStop : IDisposable
{
    readonly CancellationTokenSource _source = new();
    SessionEnd? _reason;

    /// <summary>Cancelled once an end was requested.</summary>
    public CancellationToken Requested => _source.Token;

    /// <summary>Null while nobody requested an end.</summary>
    public SessionEnd? Reason => Volatile.Read(ref _reason);

    public void Request(SessionEnd reason)
    {
        if (Interlocked.CompareExchange(ref _reason, reason, null) is null) _source.Cancel();
    }

    public void Dispose() => _source.Dispose();
}

using System.Threading.Tasks.Sources;

namespace Gateway.Actors.Tls.OpenSsl;

/// <summary>What a socket is ready for; EPOLLIN and EPOLLOUT of epoll_ctl(2).</summary>
[Flags]
enum Readiness : uint
{
    None = 0,
    Read = 0x1,
    Write = 0x4,
}

/// <summary>
/// One user's wait for one socket, reader's or writer's. The system tells of a change once: what nobody waits for is remembered, so that
/// a wait begun just after it ends at once. A wait may therefore end for nothing; the caller tries, and waits again.
/// </summary>
sealed class SocketWait : IValueTaskSource
{
    readonly Lock _gate = new();
    ManualResetValueTaskSourceCore<bool> _source;
    CancellationTokenRegistration _cancelling;
    Readiness _remembered;
    Readiness _forGood;
    Readiness _wanted;
    bool _isWaiting;
    bool _isOver;

    /// <summary>Whether whoever waits goes on within the polling thread: for short work only, everybody else waits meanwhile.</summary>
    public bool ContinuesInline
    {
        get => !_source.RunContinuationsAsynchronously;
        set => _source.RunContinuationsAsynchronously = !value;
    }

    /// <exception cref="ObjectDisposedException">The connection was closed, before or meanwhile.</exception>
    /// <exception cref="InvalidOperationException">There is another wait.</exception>
    public ValueTask For(Readiness wanted, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        short version;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isOver, typeof(OpenSslStream));
            if (_isWaiting) throw new InvalidOperationException("One read and one write at a time.");
            if (((_remembered | _forGood) & wanted) != 0)
            {
                _remembered &= ~wanted;
                return ValueTask.CompletedTask;
            }

            _source.Reset();
            (version, _wanted, _isWaiting) = (_source.Version, wanted, true);
        }

        if (cancel.CanBeCanceled) _cancelling = cancel.UnsafeRegister(static (self, token) => ((SocketWait)self!).Cancel(token), this);
        return new ValueTask(this, version);
    }

    /// <param name="ready">What the socket became ready for.</param>
    /// <param name="forGood">What no wait lasts for from now on: an end is told once, maybe together with the last bytes.</param>
    public void Signal(Readiness ready, Readiness forGood)
    {
        lock (_gate)
        {
            _forGood |= forGood;
            if (!_isWaiting || (ready & _wanted) == 0)
            {
                _remembered |= ready;
                return;
            }

            _remembered = (_remembered | ready) & ~_wanted;
            _isWaiting = false;
        }

        _source.SetResult(true);
    }

    public void End()
    {
        lock (_gate)
        {
            _isOver = true;
            if (!_isWaiting) return;
            _isWaiting = false;
        }

        _source.SetException(new ObjectDisposedException(nameof(OpenSslStream)));
    }

    void IValueTaskSource.GetResult(short token)
    {
        _cancelling.Dispose();
        _cancelling = default;
        _source.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    void Cancel(CancellationToken token)
    {
        lock (_gate)
        {
            if (!_isWaiting) return;
            _isWaiting = false;
        }

        _source.SetException(new OperationCanceledException(token));
    }
}

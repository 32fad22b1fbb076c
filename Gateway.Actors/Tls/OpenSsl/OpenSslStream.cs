using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Gateway.Actors.Legs;

namespace Gateway.Actors.Tls.OpenSsl;

/// <summary>
/// A TLS connection whose handshake is over: plain bytes in and out. Asynchronous only; one read and one write at a time. An empty read
/// waits until there is something to read and holds no buffer meanwhile. What waits goes on within the polling thread, so a continuation
/// must not block.
/// </summary>
public sealed class OpenSslStream : AsyncOnlyStream, IHalfClosing, ITryReading
{
    readonly SslSession _session;
    readonly SocketReadiness _readiness;
    readonly Socket _socket;

    /// <summary>What a reader has to wait for; nothing while there may be something to read.</summary>
    SslOutcome _awaited;

    bool _isWriteBroken;
    int _isDisposed;

    internal OpenSslStream(SslSession session, SocketReadiness readiness, Socket socket)
    {
        (_session, _readiness, _socket) = (session, readiness, socket);
        readiness.ContinuesInline = true;
    }

    /// <summary>The thread that waits for this connection; the session's other leg waits best on the same.</summary>
    internal ReadinessLoop Loop => _readiness.Loop;

    /// <summary>Fills the buffer with as many records as are there; 0 when the peer said that it sends no more (close_notify).</summary>
    /// <exception cref="EndOfStreamException">The connection ended without close_notify: it may have been cut.</exception>
    /// <exception cref="IOException">The connection failed.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        int count;
        while (!TryRead(buffer.Span, out count)) await WaitAsync(_readiness.Reader, _awaited, cancellationToken).ConfigureAwait(false);
        return count;
    }

    /// <inheritdoc/>
    public ValueTask WaitToReadAsync() =>
        _awaited == SslOutcome.Done ? ValueTask.CompletedTask : WaitAsync(_readiness.Reader, _awaited, cancel: default);

    /// <inheritdoc/>
    public bool TryRead(Span<byte> buffer, out int count)
    {
        var outcome = _session.Read(buffer, out count);
        switch (outcome)
        {
            case SslOutcome.Done:
                _awaited = _session.IsDrained ? SslOutcome.WantsRead : SslOutcome.Done;
                return true;
            case SslOutcome.WantsRead or SslOutcome.WantsWrite:
                _awaited = outcome;
                return false;
            case SslOutcome.Ended:
                return true;
            default:
                throw Fault(outcome);
        }
    }

    /// <summary>
    /// Returns when the system has taken all of it. After a cancelled write no more can be written: a record may be half sent.
    /// </summary>
    /// <exception cref="IOException">The connection failed, or an earlier write was cancelled.</exception>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled(cancellationToken);
        if (_isWriteBroken) return ValueTask.FromException(new IOException("An earlier write was not finished."));
        var outcome = _session.Write(buffer.Span, out var count);
        return outcome == SslOutcome.Done ? ValueTask.CompletedTask : WaitAndWriteAsync(outcome, buffer[count..], cancellationToken);
    }

    /// <summary>
    /// Tells the peer that no more will come (close_notify, RFC 8446 section 6.1). It may go on sending, and can still be read.
    /// </summary>
    /// <exception cref="IOException">The connection failed.</exception>
    public async Task ShutdownAsync()
    {
        if (_isWriteBroken) throw new IOException("An earlier write was not finished.");
        SslOutcome outcome;
        while ((outcome = _session.Shutdown()) != SslOutcome.Done)
            await WaitAsync(_readiness.Writer, outcome, cancel: default).ConfigureAwait(false);
    }

    /// <summary>Aborts what is under way and closes the socket. Sends nothing.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            _readiness.Dispose();
            _session.Dispose();
            _socket.Dispose();
        }

        base.Dispose(disposing);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    async ValueTask WaitAndWriteAsync(SslOutcome outcome, ReadOnlyMemory<byte> rest, CancellationToken cancel)
    {
        // Stays so unless everything is written.
        _isWriteBroken = true;
        while (outcome != SslOutcome.Done)
        {
            await WaitAsync(_readiness.Writer, outcome, cancel).ConfigureAwait(false);
            outcome = _session.Write(rest.Span, out var count);
            rest = rest[count..];
        }

        _isWriteBroken = false;
    }

    ValueTask WaitAsync(SocketWait wait, SslOutcome outcome, CancellationToken cancel) => outcome switch
    {
        SslOutcome.WantsRead => wait.For(Readiness.Read, cancel),
        SslOutcome.WantsWrite => wait.For(Readiness.Write, cancel),
        _ => throw Fault(outcome),
    };

    Exception Fault(SslOutcome outcome)
    {
        if (Volatile.Read(ref _isDisposed) != 0) return new ObjectDisposedException(nameof(OpenSslStream));
        return outcome == SslOutcome.Truncated
            ? new EndOfStreamException("The peer closed the connection without close_notify.")
            : new IOException($"The TLS connection failed: {_session.Fault}.", _session.FaultCode);
    }
}

using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Gateway.Actors.Legs;

namespace Gateway.Actors.Tls.OpenSsl;

/// <summary>
/// A connected socket before TLS, or without. It never waits in .NET's own engine, which, once asked about a socket, is woken for every packet
/// that arrives on it as long as it lives: measured, a third of what small messages cost. Asynchronous only; one read and one write at a time.
/// </summary>
sealed class ReadinessStream : AsyncOnlyStream, ITryReading
{
    readonly Socket _socket;
    SocketReadiness? _readiness;
    bool _isDrained;

    /// <summary>Owns the socket.</summary>
    public ReadinessStream(Socket socket, ReadinessLoop loop)
    {
        socket.Blocking = false;
        _socket = socket;
        _readiness = new SocketReadiness(socket.SafeHandle, loop);
    }

    public SocketReadiness Readiness => _readiness ?? throw new ObjectDisposedException(nameof(ReadinessStream));

    /// <summary>Socket and readiness are the caller's from now on.</summary>
    public SocketReadiness Release()
    {
        var readiness = Readiness;
        _readiness = null;
        return readiness;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count;
        while (!TryRead(buffer.Span, out count)) await Readiness.Reader.For(Tls.OpenSsl.Readiness.Read, cancellationToken).ConfigureAwait(false);
        return count;
    }

    /// <inheritdoc/>
    public ValueTask WaitToReadAsync() =>
        _isDrained ? Readiness.Reader.For(Tls.OpenSsl.Readiness.Read, CancellationToken.None) : ValueTask.CompletedTask;

    /// <inheritdoc/>
    public bool TryRead(Span<byte> buffer, out int count)
    {
        count = _socket.Receive(buffer, SocketFlags.None, out var error);
        // Fewer bytes than were asked for are all there were; an end that follows them is told.
        _isDrained = error == SocketError.WouldBlock || (count > 0 && count < buffer.Length);
        if (error is not (SocketError.Success or SocketError.WouldBlock)) throw Fault(error);
        return error == SocketError.Success;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            var count = _socket.Send(buffer.Span, SocketFlags.None, out var error);
            if (error == SocketError.Success) buffer = buffer[count..];
            else if (error != SocketError.WouldBlock) throw Fault(error);
            else await Readiness.Writer.For(Tls.OpenSsl.Readiness.Write, cancellationToken).ConfigureAwait(false);
        }
    }

    protected override void Dispose(bool disposing)
    {
        // Released: both are another's.
        if (disposing && Interlocked.Exchange(ref _readiness, null) is { } readiness)
        {
            readiness.Dispose();
            _socket.Dispose();
        }

        base.Dispose(disposing);
    }

    static IOException Fault(SocketError error)
    {
        var cause = new SocketException((int)error);
        return new IOException(cause.Message, cause);
    }
}

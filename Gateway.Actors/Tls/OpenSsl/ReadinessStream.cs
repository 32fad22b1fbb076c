using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Gateway.Actors.Tls.OpenSsl;

/// <summary>
/// A connected socket before TLS, or without. It never waits in .NET's own engine, which, once asked about a socket, is woken for every packet
/// that arrives on it as long as it lives: measured, a third of what small messages cost. Asynchronous only; one read and one write at a time.
/// </summary>
sealed class ReadinessStream : Stream
{
    readonly Socket _socket;
    SocketReadiness? _readiness;

    /// <summary>Owns the socket.</summary>
    public ReadinessStream(Socket socket, ReadinessLoop loop)
    {
        socket.Blocking = false;
        _socket = socket;
        _readiness = new SocketReadiness(socket.SafeHandle, loop);
    }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

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
        while (true)
        {
            // An empty read is over at once on a socket; here it waits for something to read, as everywhere else.
            var count = buffer.IsEmpty ? Peek(out var error) : _socket.Receive(buffer.Span, SocketFlags.None, out error);
            if (error == SocketError.Success) return count;
            if (error != SocketError.WouldBlock) throw Fault(error);
            await Readiness.Reader.For(Tls.OpenSsl.Readiness.Read, cancellationToken).ConfigureAwait(false);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

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

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Only asynchronously.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Only asynchronously.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

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

    int Peek(out SocketError error)
    {
        Span<byte> first = stackalloc byte[1];
        _ = _socket.Receive(first, SocketFlags.Peek, out error);
        return 0;
    }

    static IOException Fault(SocketError error)
    {
        var cause = new SocketException((int)error);
        return new IOException(cause.Message, cause);
    }
}

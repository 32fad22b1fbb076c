using System.Security.Authentication;
using Gateway.Benchmarks.Tls;

namespace Gateway.Benchmarks.Load;

/// <summary>One relay's connection to the backend.</summary>
abstract class BackendConnection(TlsConnection tls, int capacity = 4 * 1024) : IDisposable
{
    readonly byte[] _outbox = new byte[capacity];
    int _sent;
    int _queued;

    protected TlsConnection Tls { get; } = tls;

    /// <summary>What the outbox can still take.</summary>
    protected int Room => _outbox.Length - _queued;

    /// <summary>Goes as far as the socket allows; false when the connection is over.</summary>
    public bool Advance()
    {
        try
        {
            return !Tls.Handshake() || Talk();
        }
        catch (AuthenticationException e)
        {
            Console.Error.WriteLine($"backend: {e.Message}");
            return false;
        }
    }

    public void Dispose() => Tls.Dispose();

    /// <summary>Until the socket blocks (true) or the connection is over (false).</summary>
    protected abstract bool Talk();

    protected void Queue(ReadOnlySpan<byte> reply)
    {
        reply.CopyTo(_outbox.AsSpan(_queued));
        _queued += reply.Length;
    }

    /// <summary>Sends what was queued; the result of the last write, or 1 when nothing is left.</summary>
    protected int Flush()
    {
        while (_sent < _queued)
        {
            var written = Tls.Write(_outbox.AsSpan(_sent, _queued - _sent));
            if (written <= 0) return written;
            _sent += written;
        }

        _sent = _queued = 0;
        return 1;
    }
}

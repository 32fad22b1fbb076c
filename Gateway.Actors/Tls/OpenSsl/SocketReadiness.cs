using System.Net.Sockets;

namespace Gateway.Actors.Tls.OpenSsl;

/// <summary>The waits of one socket, and its place in a <see cref="ReadinessLoop"/>.</summary>
sealed class SocketReadiness : IDisposable
{
    readonly ReadinessLoop _loop;
    readonly Socket _socket;
    readonly long _id;

    public SocketReadiness(Socket socket)
    {
        (_loop, _socket) = (ReadinessLoop.Next(), socket);
        ContinuesInline = false;
        _id = _loop.Add(this, socket.SafeHandle);
    }

    public SocketWait Reader { get; } = new();

    public SocketWait Writer { get; } = new();

    /// <summary>See <see cref="SocketWait.ContinuesInline"/>.</summary>
    public bool ContinuesInline
    {
        set => (Reader.ContinuesInline, Writer.ContinuesInline) = (value, value);
    }

    public void Signal(Readiness ready)
    {
        Reader.Signal(ready);
        Writer.Signal(ready);
    }

    public void Dispose()
    {
        _loop.Remove(_id, _socket.SafeHandle);
        Reader.End();
        Writer.End();
    }
}

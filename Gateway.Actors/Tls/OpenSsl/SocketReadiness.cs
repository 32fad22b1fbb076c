using System.Net.Sockets;

namespace Gateway.Actors.Tls.OpenSsl;

/// <summary>The waits of one socket, and its place in a <see cref="ReadinessLoop"/>.</summary>
sealed class SocketReadiness : IDisposable
{
    readonly SafeSocketHandle _socket;
    readonly long _id;

    public SocketReadiness(SafeSocketHandle socket, ReadinessLoop loop)
    {
        (Loop, _socket) = (loop, socket);
        ContinuesInline = false;
        _id = Loop.Add(this, socket);
    }

    public ReadinessLoop Loop { get; }

    public SocketWait Reader { get; } = new();

    public SocketWait Writer { get; } = new();

    /// <summary>See <see cref="SocketWait.ContinuesInline"/>.</summary>
    public bool ContinuesInline
    {
        set => (Reader.ContinuesInline, Writer.ContinuesInline) = (value, value);
    }

    /// <inheritdoc cref="SocketWait.Signal"/>
    public void Signal(Readiness ready, Readiness forGood)
    {
        Reader.Signal(ready, forGood);
        Writer.Signal(ready, forGood);
    }

    public void Dispose()
    {
        Loop.Remove(_id, _socket);
        Reader.End();
        Writer.End();
    }
}

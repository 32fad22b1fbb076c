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

    public void Signal(Readiness ready)
    {
        Reader.Signal(ready);
        Writer.Signal(ready);
    }

    /// <summary>The peer will send no more (or is gone), which the system tells once, maybe together with the last bytes: whoever reads meets it.</summary>
    public void SignalEnd(Readiness ready)
    {
        Reader.KeepSignalled(Readiness.Read);
        Writer.KeepSignalled(Readiness.Read);
        Signal(ready | Readiness.Read);
    }

    public void Dispose()
    {
        Loop.Remove(_id, _socket);
        Reader.End();
        Writer.End();
    }
}

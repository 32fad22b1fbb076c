using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Gateway.Benchmarks.Tls;

/// <summary>One TLS connection on a non-blocking socket. Reads and writes say how far they came; nothing ever waits.</summary>
sealed unsafe class TlsConnection : IDisposable
{
    /// <summary>Nothing possible now: wait for the socket.</summary>
    public const int WouldBlock = 0;

    /// <summary>The peer is gone.</summary>
    public const int Closed = -1;

    readonly Socket _socket;
    readonly nint _ssl;
    bool _secured;
    bool _disposed;

    TlsConnection(Socket socket, TlsContext context)
    {
        _socket = socket;
        _socket.NoDelay = true;
        _socket.Blocking = false;
        Descriptor = (int)socket.Handle;
        _ssl = LibSsl.New(context.Handle);
        if (_ssl == 0 || LibSsl.SetSocket(_ssl, Descriptor) != 1) throw Fault("make a connection");
        if (context.IsClient) LibSsl.BeClient(_ssl); else LibSsl.BeServer(_ssl);
    }

    public int Descriptor { get; }

    public bool WasResumed => LibSsl.WasResumed(_ssl) == 1;

    /// <summary>Connects and prepares the handshake; the server must prove to be <paramref name="name"/>.</summary>
    public static TlsConnection Connect(TlsContext context, IPEndPoint to, string name, nint session = 0)
    {
        var socket = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(to);
        var connection = new TlsConnection(socket, context);
        if (LibSsl.SetHost(connection._ssl, name) != 1) throw Fault("demand the server's name");
        if (LibSsl.Control(connection._ssl, LibSsl.CtrlServerName, 0, name) != 1) throw Fault("ask for the server by name");
        if (session != 0 && LibSsl.OfferSession(connection._ssl, session) != 1) throw Fault("offer the session");
        return connection;
    }

    public static TlsConnection Accept(TlsContext context, Socket socket) => new(socket, context);

    /// <summary>True once the handshake is complete.</summary>
    public bool Handshake()
    {
        if (_secured) return true;
        LibSsl.ClearErrors();
        var result = LibSsl.Handshake(_ssl);
        if (result == 1) return _secured = true;
        if (LibSsl.ErrorOf(_ssl, result) is LibSsl.ErrorWantRead or LibSsl.ErrorWantWrite) return false;
        throw Fault("complete the handshake");
    }

    /// <summary>Bytes read, <see cref="WouldBlock"/> or <see cref="Closed"/>.</summary>
    public int Read(Span<byte> buffer)
    {
        LibSsl.ClearErrors();
        fixed (byte* start = buffer)
        {
            var read = LibSsl.Read(_ssl, start, buffer.Length);
            return read > 0 ? read : Explain(read);
        }
    }

    /// <summary>Bytes written, <see cref="WouldBlock"/> or <see cref="Closed"/>.</summary>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        LibSsl.ClearErrors();
        fixed (byte* start = bytes)
        {
            var written = LibSsl.Write(_ssl, start, bytes.Length);
            return written > 0 ? written : Explain(written);
        }
    }

    /// <summary>
    /// The session to resume later; the caller frees it. Only whole once bytes were read, for tickets come after the handshake.
    /// </summary>
    public nint TakeSession() => LibSsl.TakeSession(_ssl);

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        if (_secured) _ = LibSsl.Shutdown(_ssl);
        LibSsl.Free(_ssl);
        _socket.Dispose();
    }

    int Explain(int result) => LibSsl.ErrorOf(_ssl, result) switch
    {
        LibSsl.ErrorWantRead or LibSsl.ErrorWantWrite => WouldBlock,
        LibSsl.ErrorSsl => throw Fault("go on"),
        _ => Closed,
    };

    static AuthenticationException Fault(string what) => new($"OpenSSL could not {what}: {LibSsl.LastError()}");
}

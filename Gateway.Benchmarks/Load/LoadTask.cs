using Gateway.Benchmarks.Tls;

namespace Gateway.Benchmarks.Load;

/// <summary>What one client connection is to do next. Advanced whenever its socket may be ready, until it says that it is done.</summary>
abstract class LoadTask(TlsConnection connection)
{
    public TlsConnection Connection { get; } = connection;

    /// <summary>What was sent and received, in the clear.</summary>
    public long Bytes { get; private set; }

    /// <summary>Goes as far as the socket allows; true when the task is done. Throws where the relay broke the connection.</summary>
    public bool Advance() => Connection.Handshake() && Talk();

    protected abstract bool Talk();

    /// <summary>Sends from <paramref name="offset"/> on; true when all is sent.</summary>
    protected bool Send(ReadOnlySpan<byte> bytes, ref int offset)
    {
        while (offset < bytes.Length)
        {
            var written = Connection.Write(bytes[offset..]);
            if (written == TlsConnection.WouldBlock) return false;
            if (written == TlsConnection.Closed) throw new EndOfStreamException("The relay closed a connection while it was written to.");
            offset += written;
            Bytes += written;
        }

        return true;
    }

    /// <summary>Reads so many bytes and forgets them; true when all are read.</summary>
    protected bool Receive(ref long remaining, byte[] scratch)
    {
        while (remaining > 0)
        {
            var read = Connection.Read(scratch.AsSpan(0, (int)Math.Min(remaining, scratch.Length)));
            if (read == TlsConnection.WouldBlock) return false;
            if (read == TlsConnection.Closed) throw new EndOfStreamException($"The relay closed a connection that owed {remaining} bytes.");
            remaining -= read;
            Bytes += read;
        }

        return true;
    }
}

using System.Net.Sockets;

namespace Gateway.Actors.Tls.OpenSsl;

/// <summary>What became of one call.</summary>
enum SslOutcome
{
    Done,

    /// <summary>Call again when the socket has something to read.</summary>
    WantsRead,

    /// <summary>Call again when the socket takes more.</summary>
    WantsWrite,

    /// <summary>The peer said that it sends no more (close_notify).</summary>
    Ended,

    /// <summary>The connection ended without close_notify: what came before may not be all that was sent.</summary>
    Truncated,

    /// <summary>The session is over; <see cref="SslSession.Fault"/> says why.</summary>
    Failed,
}

/// <summary>
/// One <c>SSL</c> on one non-blocking socket. The library allows one thread at a time: every call takes the lock, none waits inside it.
/// </summary>
sealed unsafe class SslSession(SslHandle ssl, Socket socket) : IDisposable
{
    /// <summary>Plaintext bytes of a full record. RFC 8446 section 5.1. One that is not full was the last that its sender had.</summary>
    const int FullRecord = 16 * 1024;

    /// <summary>
    /// Fewer bytes than this off the socket, since it was known to have no more, leave no doubt that it has no more again, or that the system will tell of it:
    /// for the beginning of a record the library asks for what its buffer still takes, which is three full records at least (<see cref="OpenSslContexts"/>),
    /// and was given less. For the rest of a record it asks for that alone, and would not see what is behind it.
    /// </summary>
    const ulong SurelyAll = FullRecord;

    const ulong Never = ulong.MaxValue;

    readonly Lock _gate = new();
    HandshakeState? _ticket;

    /// <summary>How much was off the socket when it was last known to have no more.</summary>
    ulong _drainedAt;

    /// <summary>How much was off the socket when the library last held nothing, not even a part, of a record that it had not given out.</summary>
    ulong _emptyAt = Never;

    /// <summary>What every later call comes to; <see cref="SslOutcome.Done"/> while the session lives.</summary>
    SslOutcome _broken;

    /// <summary>
    /// The client gets a ticket (TLS 1.3) with the first bytes that are written to it. One per connection: RFC 8446 appendix C.4 wants a ticket used once, and a
    /// client that needs more opens more connections.
    /// </summary>
    public void OweTicket(HandshakeState state) => _ticket = state;

    /// <summary>Why the session is over, in the library's or the system's words.</summary>
    public string Fault { get; private set; } = "it was closed";

    /// <summary>The library's error code for it; 0 when it has none.</summary>
    public int FaultCode { get; private set; }

    /// <summary>The last <see cref="Read"/> took all that the socket had: there is no more before the system tells of it.</summary>
    public bool IsDrained { get; private set; }

    /// <summary>Bytes that were already taken off the socket are read first; then the socket.</summary>
    public void Attach(ReadOnlySpan<byte> taken)
    {
        OpenSslError.Check(LibSsl.SSL_set_fd(ssl, socket.SafeHandle), nameof(LibSsl.SSL_set_fd));
        if (taken.IsEmpty) return;
        var memory = LibCrypto.BIO_new(LibCrypto.BIO_s_mem());
        if (memory == 0) throw OpenSslError.Take(nameof(LibCrypto.BIO_new));
        LibSsl.SSL_set0_rbio(ssl, memory);
        fixed (byte* start = taken)
        {
            if (LibCrypto.BIO_write(memory, start, taken.Length) != taken.Length) throw OpenSslError.Take(nameof(LibCrypto.BIO_write));
        }
    }

    /// <summary>To be called when the bytes given to <see cref="Attach"/> are used up.</summary>
    public void ReadFromSocket() => OpenSslError.Check(LibSsl.SSL_set_rfd(ssl, socket.SafeHandle), nameof(LibSsl.SSL_set_rfd));

    public SslOutcome Handshake()
    {
        lock (_gate)
        {
            if (_broken != SslOutcome.Done) return _broken;
            ForgetErrors();
            var held = Hold();
            try
            {
                var outcome = Judge(LibSsl.SSL_do_handshake(ssl));
                if (outcome == SslOutcome.Done) FreeBuffers();
                return outcome;
            }
            finally
            {
                Release(held);
            }
        }
    }

    /// <summary>
    /// Fills <paramref name="buffer"/> with as many records as are there. With an empty buffer, only finds out whether there is something
    /// to read.
    /// </summary>
    public SslOutcome Read(Span<byte> buffer, out int count)
    {
        count = 0;
        lock (_gate)
        {
            if (_broken != SslOutcome.Done) return _broken;
            ForgetErrors();
            IsDrained = false;
            var held = Hold();
            try
            {
                return buffer.IsEmpty ? Peek() : Fill(buffer, ref count);
            }
            finally
            {
                Release(held);
            }
        }
    }

    /// <summary>
    /// Takes as much of <paramref name="bytes"/> as the socket does. What was not taken is to be offered again, unchanged.
    /// </summary>
    public SslOutcome Write(ReadOnlySpan<byte> bytes, out int count)
    {
        count = 0;
        lock (_gate)
        {
            if (_broken != SslOutcome.Done) return _broken;
            ForgetErrors();
            var held = Hold();
            try
            {
                return _ticket is null || bytes.IsEmpty ? Send(bytes, ref count) : SendWithTicket(bytes, ref count);
            }
            finally
            {
                Release(held);
            }
        }
    }

    // It goes out with the next record. A session that has no use for one (TLS 1.2 had its own with the handshake) says so by an error that is none.
    SslOutcome SendWithTicket(ReadOnlySpan<byte> bytes, ref int count)
    {
        using var state = _ticket;
        _ticket = null;
        if (LibSsl.SSL_new_session_ticket(ssl) != 1) LibCrypto.ERR_clear_error();
        var outcome = Send(bytes, ref count);
        FreeBuffers();
        return outcome;
    }

    // What speaks of handshakes takes buffers of both directions, and only the next bytes of each would free its own: a silent session holds none.
    void FreeBuffers() => _ = LibSsl.SSL_free_buffers(ssl);

    /// <summary>Sends close_notify. Reading goes on.</summary>
    public SslOutcome Shutdown()
    {
        lock (_gate)
        {
            if (_broken != SslOutcome.Done) return _broken;
            ForgetErrors();
            var held = Hold();
            try
            {
                var result = LibSsl.SSL_shutdown(ssl);
                return result >= 0 ? SslOutcome.Done : Judge(result);
            }
            finally
            {
                Release(held);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _broken = SslOutcome.Failed;
            _ticket?.Dispose();
            ssl.Dispose();
        }
    }

    // What a failed call left behind would be taken for the next one's. To look costs a tenth of clearing what is empty.
    static void ForgetErrors()
    {
        if (LibCrypto.ERR_peek_error().Value != 0) LibCrypto.ERR_clear_error();
    }

    SslOutcome Peek()
    {
        byte first;
        // May take a part of a record.
        _emptyAt = Never;
        return Judge(LibSsl.SSL_peek_ex(ssl, &first, 1, out _));
    }

    SslOutcome Fill(Span<byte> buffer, ref int count)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                var outcome = Judge(LibSsl.SSL_read_ex(ssl, start + count, (nuint)(buffer.Length - count), out var read));
                // What was read is delivered first; the next call meets the end again.
                if (outcome != SslOutcome.Done)
                {
                    if (outcome == SslOutcome.WantsRead) Drained(BytesTaken());
                    return count > 0 && outcome != SslOutcome.Failed ? SslOutcome.Done : outcome;
                }

                count += (int)read;
                if (count == buffer.Length) return SslOutcome.Done;
                if (read >= FullRecord || LibSsl.SSL_has_pending(ssl) != 0) continue;
                var (taken, wasEmpty) = (BytesTaken(), _emptyAt == _drainedAt);
                _emptyAt = taken;
                if (wasEmpty && taken - _drainedAt < SurelyAll) Drained(taken);
                return SslOutcome.Done;
            }
        }
    }

    /// <summary>Off the socket, in the connection's life.</summary>
    ulong BytesTaken() => LibCrypto.BIO_number_read(LibSsl.SSL_get_rbio(ssl));

    void Drained(ulong taken) => (IsDrained, _drainedAt) = (true, taken);

    SslOutcome Send(ReadOnlySpan<byte> bytes, ref int count)
    {
        fixed (byte* start = bytes)
        {
            while (count < bytes.Length)
            {
                var outcome = Judge(LibSsl.SSL_write_ex(ssl, start + count, (nuint)(bytes.Length - count), out var written));
                if (outcome != SslOutcome.Done) return outcome;
                count += (int)written;
            }
        }

        return SslOutcome.Done;
    }

    SslOutcome Judge(int result)
    {
        if (result == 1) return SslOutcome.Done;
        switch (LibSsl.SSL_get_error(ssl, result))
        {
            case SslError.WantRead: return SslOutcome.WantsRead;
            case SslError.WantWrite: return SslOutcome.WantsWrite;
            case SslError.ZeroReturn: return SslOutcome.Ended;
            default:
                // SSL_get_error(3): after such an error nothing more may be done with the session.
                _broken = OpenSslError.IsUnexpectedEnd() ? SslOutcome.Truncated : SslOutcome.Failed;
                Fault = OpenSslError.Reason(out var code);
                FaultCode = code;
                return _broken;
        }
    }

    // The descriptor must not be closed, and its number not given to another connection, while the library uses it.
    bool Hold()
    {
        var held = false;
        socket.SafeHandle.DangerousAddRef(ref held);
        return held;
    }

    void Release(bool held)
    {
        if (held) socket.SafeHandle.DangerousRelease();
    }
}

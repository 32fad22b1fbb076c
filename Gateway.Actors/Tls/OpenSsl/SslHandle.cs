using System.Runtime.InteropServices;

namespace Gateway.Actors.Tls.OpenSsl;

/// <summary>An <c>SSL</c>: one connection's state. Counts those that are alive.</summary>
sealed class SslHandle() : SafeHandle(0, ownsHandle: true)
{
    /// <summary>SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN of openssl/ssl.h.</summary>
    const int BothSides = 3;

    static long s_alive;

    public static long Alive => Interlocked.Read(ref s_alive);

    public override bool IsInvalid => handle == 0;

    public static SslHandle For(SslContextHandle context)
    {
        LibCrypto.ERR_clear_error();
        var ssl = LibSsl.SSL_new(context);
        if (ssl.IsInvalid) throw OpenSslError.Take("SSL_new");
        Interlocked.Increment(ref s_alive);
        return ssl;
    }

    protected override bool ReleaseHandle()
    {
        // Otherwise the library would take a connection that just ended, or is ended in the middle, for a reason not to resume its session. That was
        // a rule of TLS 1.0; since RFC 4346 (section 7.2.1) it is none.
        LibSsl.SSL_set_shutdown(handle, BothSides);
        LibSsl.SSL_free(handle);
        Interlocked.Decrement(ref s_alive);
        return true;
    }
}

/// <summary>An <c>SSL_CTX</c>: what many connections share. Lives as long as the last of them, whoever disposes it.</summary>
sealed class SslContextHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        LibSsl.SSL_CTX_free(handle);
        return true;
    }
}

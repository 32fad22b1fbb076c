using System.Runtime.InteropServices;

namespace Gateway.Actors.Tls.OpenSsl;

/// <summary>An <c>SSL</c>: one connection's state. Counts those that are alive.</summary>
sealed class SslHandle() : SafeHandle(0, ownsHandle: true)
{
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

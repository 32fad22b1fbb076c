using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gateway.Actors.Tls.OpenSsl;

/// <summary>Hands out the responder's answer to clients that ask for it, and reads the one that an upstream sent. SSL_CTX_set_tlsext_status_cb(3).</summary>
static unsafe class StapleCallback
{
    const int Acknowledged = 0;
    const int NotAnswered = 3;

    /// <summary>Bytes of an answer. Origin: one with the responder's certificate has 2 KB.</summary>
    const int Largest = 64 * 1024;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static int Answer(nint ssl, nint argument)
    {
        try
        {
            if (HandshakeState.Of(ssl).Staple is not { } staple) return NotAnswered;
            // The library frees it with the connection.
            var copy = LibCrypto.CRYPTO_malloc((nuint)staple.Length, 0, 0);
            if (copy == 0) return NotAnswered;
            staple.CopyTo(new Span<byte>((void*)copy, staple.Length));
            return LibSsl.SSL_ctrl(ssl, ContextControl.SetStatusResponse, new(staple.Length), copy).Value == 1 ? Acknowledged : NotAnswered;
        }
        catch (Exception)
        {
            // Nothing may be thrown through the library; a handshake without a staple is still one.
            return NotAnswered;
        }
    }

    /// <summary>What the peer stapled; null for nothing. An answer that is larger than any real one is cut, and then is none that can be read.</summary>
    public static byte[]? Received(SslHandle ssl)
    {
        nint start = 0;
        var length = LibSsl.SSL_ctrl(ssl, ContextControl.GetStatusResponse, new(0), (nint)(&start)).Value;
        return start == 0 || length < 0 ? null : new ReadOnlySpan<byte>((void*)start, (int)Math.Min(length, Largest)).ToArray();
    }
}

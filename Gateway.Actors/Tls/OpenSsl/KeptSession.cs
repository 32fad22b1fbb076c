using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Actors.Tls.OpenSsl;

/// <summary>An <c>SSL_SESSION</c> that a server's ticket made: what it takes to resume, the server's certificate among it.</summary>
sealed class KeptSession : SafeHandle
{
    /// <param name="session">A reference that is this one's from now on.</param>
    public KeptSession(nint session)
        : base(0, ownsHandle: true) => SetHandle(session);

    public override bool IsInvalid => handle == 0;

    /// <summary>A ticket of TLS 1.3 is used once, so that who watches the wire cannot tell which connections belong together. RFC 8446 appendix C.4.</summary>
    public bool IsForOnce => LibSsl.SSL_SESSION_get_protocol_version(this) == (int)SslVersion.Tls13;

    public bool IsResumable => LibSsl.SSL_SESSION_is_resumable(this) == 1;

    /// <summary>The certificate that the server proved to have; null when it had none.</summary>
    public X509Certificate2? Certificate()
    {
        var held = false;
        DangerousAddRef(ref held);
        try
        {
            var certificate = LibSsl.SSL_SESSION_get0_peer(handle);
            return certificate == 0 ? null : PeerCertificate.Share(certificate);
        }
        finally
        {
            if (held) DangerousRelease();
        }
    }

    /// <summary>Another reference to the same session.</summary>
    public KeptSession Share()
    {
        OpenSslError.Check(LibSsl.SSL_SESSION_up_ref(this), nameof(LibSsl.SSL_SESSION_up_ref));
        return new KeptSession(handle);
    }

    protected override bool ReleaseHandle()
    {
        LibSsl.SSL_SESSION_free(handle);
        return true;
    }
}

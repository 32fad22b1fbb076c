using System.Runtime.InteropServices;
using System.Text;

namespace Gateway.Actors.Tls.OpenSsl;

/// <summary>What the record says of a connection whose handshake is over.</summary>
static class OpenSslFacts
{
    public static string Version(SslHandle ssl) => (SslVersion)LibSsl.SSL_version(ssl) switch
    {
        SslVersion.Tls13 => "TLS 1.3",
        SslVersion.Tls12 => "TLS 1.2",
        var other => throw new InvalidOperationException($"{other} was negotiated although it is never offered."),
    };

    public static string Suite(SslHandle ssl) =>
        Marshal.PtrToStringUTF8(LibSsl.SSL_CIPHER_standard_name(LibSsl.SSL_get_current_cipher(ssl)))!;

    public static string? PeerSha256(SslHandle ssl)
    {
        var peer = LibSsl.SSL_get1_peer_certificate(ssl);
        if (peer == 0) return null;
        try
        {
            using var certificate = PeerCertificate.Share(peer);
            return TlsFacts.Sha256(certificate);
        }
        finally
        {
            LibCrypto.X509_free(peer);
        }
    }

    public static unsafe string? Protocol(SslHandle ssl)
    {
        LibSsl.SSL_get0_alpn_selected(ssl, out var start, out var length);
        return length == 0 ? null : Encoding.UTF8.GetString(new ReadOnlySpan<byte>((void*)start, (int)length));
    }
}

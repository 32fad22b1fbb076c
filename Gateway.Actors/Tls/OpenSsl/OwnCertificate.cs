using System.Net.Security;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Actors.Tls.OpenSsl;

/// <summary>The certificate, chain and key that this side of a connection proves itself with.</summary>
static class OwnCertificate
{
    public static void Present(SslStreamCertificateContext own, SslContextHandle context) => Use(
        own, (certificate, key, chain) => LibSsl.SSL_CTX_use_cert_and_key(context, certificate, key, chain, replace: 1));

    public static void Present(SslStreamCertificateContext own, SslHandle ssl) => Use(
        own, (certificate, key, chain) => LibSsl.SSL_use_cert_and_key(ssl, certificate, key, chain, replace: 1));

    static void Use(SslStreamCertificateContext own, Func<nint, SafeHandle, nint, int> use)
    {
        LibCrypto.ERR_clear_error();
        using var key = KeyOf(own.TargetCertificate);
        var copies = new List<nint>();
        var chain = LibCrypto.OPENSSL_sk_new_null();
        try
        {
            copies.Add(PeerCertificate.Share(own.TargetCertificate));
            foreach (var intermediate in own.IntermediateCertificates)
            {
                copies.Add(PeerCertificate.Share(intermediate));
                _ = LibCrypto.OPENSSL_sk_push(chain, copies[^1]);
            }

            OpenSslError.Check(use(copies[0], key, chain), nameof(LibSsl.SSL_CTX_use_cert_and_key));
        }
        finally
        {
            LibCrypto.OPENSSL_sk_free(chain);
            copies.ForEach(LibCrypto.X509_free);
        }
    }

    // A second handle to the key itself: it may live in a token that does not give it away.
    static SafeEvpPKeyHandle KeyOf(X509Certificate2 certificate)
    {
        using var ecdsa = certificate.GetECDsaPrivateKey();
        if (ecdsa is ECDsaOpenSsl elliptic) return elliptic.DuplicateKeyHandle();
        using var rsa = certificate.GetRSAPrivateKey();
        if (rsa is RSAOpenSsl classic) return classic.DuplicateKeyHandle();
        throw new NotSupportedException("The certificate has no ECDSA or RSA key that OpenSSL can use.");
    }
}

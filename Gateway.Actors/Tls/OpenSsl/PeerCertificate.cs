using System.Security.Cryptography.X509Certificates;

namespace Gateway.Actors.Tls.OpenSsl;

/// <summary>
/// Certificates on their way over the border. Both sides count references to the library's own object, which does not change: decoding one anew costs
/// about as much as a signature.
/// </summary>
static class PeerCertificate
{
    /// <summary>Another reference to an <c>X509</c>, which stays the library's.</summary>
    public static X509Certificate2 Share(nint certificate) => new(certificate);

    /// <summary>An <c>X509</c> that the caller frees.</summary>
    public static nint Share(X509Certificate2 certificate)
    {
        var handle = certificate.Handle;
        OpenSslError.Check(LibCrypto.X509_up_ref(handle), nameof(LibCrypto.X509_up_ref));
        GC.KeepAlive(certificate);
        return handle;
    }
}

using System.Security.Cryptography.X509Certificates;

namespace Gateway.Actors.Tls.OpenSsl;

/// <summary>Certificates on their way over the border, as DER: neither side ever holds the other's memory.</summary>
static unsafe class PeerCertificate
{
    public static X509Certificate2 Copy(nint certificate)
    {
        var length = LibCrypto.i2d_X509(certificate, null);
        if (length <= 0) throw OpenSslError.Take(nameof(LibCrypto.i2d_X509));
        var der = new byte[length];
        fixed (byte* start = der)
        {
            var end = start;
            _ = LibCrypto.i2d_X509(certificate, &end);
        }

        return X509CertificateLoader.LoadCertificate(der);
    }

    /// <summary>An <c>X509</c> that the caller frees.</summary>
    public static nint Copy(X509Certificate2 certificate)
    {
        fixed (byte* start = certificate.RawDataMemory.Span)
        {
            var end = start;
            var copy = LibCrypto.d2i_X509(null, &end, new(certificate.RawDataMemory.Length));
            return copy != 0 ? copy : throw OpenSslError.Take(nameof(LibCrypto.d2i_X509));
        }
    }
}

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Actors.Certificates;

/// <summary>Certificates and keys as PEM text.</summary>
public static class Pems
{
    const string PrivateKey = "PRIVATE KEY";

    public static string Write(IEnumerable<ReadOnlyMemory<byte>> certificates) =>
        string.Concat(certificates.Select(der => PemEncoding.WriteString("CERTIFICATE", der.Span) + "\n"));

    public static string WriteKey(ReadOnlySpan<byte> pkcs8) => PemEncoding.WriteString(PrivateKey, pkcs8) + "\n";

    /// <summary>DER of the certificates of a text, in its order; null when it holds none, or something that is none.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>>? Certificates(string text)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(text);
            return certificates.Count > 0 ? [.. certificates.Select(c => (ReadOnlyMemory<byte>)c.RawData)] : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
        finally
        {
            foreach (var certificate in certificates) certificate.Dispose();
        }
    }

    /// <summary>
    /// PKCS #8 of the private key of a text, which the caller clears: ECDSA or RSA, in PKCS #8 or a form of its own, unencrypted; null when it holds none.
    /// </summary>
    public static byte[]? Key(string text)
    {
        try
        {
            using var elliptic = ECDsa.Create();
            elliptic.ImportFromPem(text);
            return elliptic.ExportPkcs8PrivateKey();
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return RsaKey(text);
        }
    }

    static byte[]? RsaKey(string text)
    {
        try
        {
            using var classic = RSA.Create();
            classic.ImportFromPem(text);
            return classic.ExportPkcs8PrivateKey();
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return null;
        }
    }
}

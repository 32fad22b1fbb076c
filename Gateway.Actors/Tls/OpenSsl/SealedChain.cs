using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Actors.Tls.OpenSsl;

/// <summary>
/// The intermediates of a verified chain as a ticket carries them: <c>version (1)</c>, then each as <c>length (2, big-endian) | DER</c>. Written and
/// read by nodes alone, under the seal of the ticket; what another version wrote is passed over.
/// </summary>
sealed class SealedChain : IDisposable
{
    /// <summary>
    /// Bytes. Origin: with it, a ticket stays well below the largest hello that is read (16 KiB); a chain of three ECDSA certificates has 2 KB.
    /// </summary>
    public const int Longest = 6 * 1024;

    const byte Version = 1;

    SealedChain(X509Certificate2Collection certificates) => Certificates = certificates;

    public X509Certificate2Collection Certificates { get; }

    /// <summary>What lies between the peer's own certificate and the authority at the end; null when that is too much to carry.</summary>
    public static byte[]? Write(X509Chain verified)
    {
        var bytes = new List<byte> { Version };
        foreach (var element in verified.ChainElements.Skip(1).SkipLast(1))
        {
            var der = element.Certificate.RawDataMemory.Span;
            if (bytes.Count + 2 + der.Length > Longest) return null;
            bytes.AddRange((byte)(der.Length >> 8), (byte)der.Length);
            bytes.AddRange(der);
        }

        return [.. bytes];
    }

    /// <summary>Null when it is none of this version.</summary>
    public static SealedChain? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is 0 or > Longest || bytes[0] != Version) return null;
        var chain = new SealedChain([]);
        for (bytes = bytes[1..]; !bytes.IsEmpty;)
        {
            if (bytes.Length < 2 || BinaryPrimitives.ReadUInt16BigEndian(bytes) is var length && length > bytes.Length - 2) return chain.Nothing();
            try
            {
                chain.Certificates.Add(X509CertificateLoader.LoadCertificate(bytes.Slice(2, length)));
            }
            catch (CryptographicException)
            {
                return chain.Nothing();
            }

            bytes = bytes[(2 + length)..];
        }

        return chain;
    }

    public void Dispose()
    {
        foreach (var certificate in Certificates) certificate.Dispose();
    }

    SealedChain? Nothing()
    {
        Dispose();
        return null;
    }
}

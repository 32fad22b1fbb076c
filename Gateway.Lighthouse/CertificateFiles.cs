using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Hosting;

namespace Gateway.Lighthouse;

/// <summary>The PEM files that say who this lighthouse is and whom it trusts.</summary>
static class CertificateFiles
{
    /// <summary>False when somebody may read or write the file who must not; a missing file is no secret told.</summary>
    public static bool IsSecret(string path) => !File.Exists(path) || SecretFileMode.IsSecret(path);

    /// <summary>The certificate with its key; null when they cannot be read or do not belong together.</summary>
    public static X509Certificate2? TryRead(string certificate, string key) =>
        Try(() => X509Certificate2.CreateFromPemFile(certificate, key));

    /// <summary>The certificates of a bundle; null when there are none.</summary>
    public static X509Certificate2Collection? TryReadAuthorities(string path) => Try(() =>
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(path);
        return authorities.Count > 0 ? authorities : null;
    });

    static T? Try<T>(Func<T?> read) where T : class
    {
        try
        {
            return read();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            return null;
        }
    }
}

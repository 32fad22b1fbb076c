using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Gateway.Cli.Login;

/// <summary>
/// Client certificates beside the tokens: one file for each node, certificate and key in one PEM, so that they are never of two pairs.
/// </summary>
public sealed class StoredCertificates(PrivateDirectory directory, TimeProvider time)
{
    /// <summary>The file's path, whether it is there or not.</summary>
    public string PathFor(string target) => directory.PathOf(NameFor(target));

    public void Save(string target, string certificatePem, ECDsa key) =>
        directory.Write(NameFor(target), certificatePem.TrimEnd() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n");

    /// <summary>The certificate with its key, for the caller to dispose; null when there is none, or it is in the last quarter of its life.</summary>
    public X509Certificate2? Find(string target)
    {
        if (directory.Read(NameFor(target)) is not { } pem) return null;
        try
        {
            var certificate = X509Certificate2.CreateFromPem(pem, pem);
            var (from, until) = (certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime());
            if (time.GetUtcNow().UtcDateTime < until - ((until - from) / 4)) return certificate;
            certificate.Dispose();
            return null;
        }
        catch (CryptographicException e)
        {
            throw new CommandException(
                ExitCode.Failed, $"{Printable.Text(PathFor(target))} holds no certificate with its key; move it away, and run gateway cert issue", e);
        }
    }

    // A node's address has characters that no file name should have.
    static string NameFor(string target)
    {
        var host = new Uri(target);
        var name = new StringBuilder("client-").Append(host.Host.Replace(':', '_')).Append('-').Append(host.Port).Append(".pem");
        return name.ToString();
    }
}

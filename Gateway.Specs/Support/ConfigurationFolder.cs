using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Specs.Support;

/// <summary>A directory with the files that a configuration names. Deleted at the end.</summary>
public sealed class ConfigurationFolder : IDisposable
{
    readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("gateway-configuration");

    public string Root => _directory.FullName;

    public void Dispose() => _directory.Delete(recursive: true);

    public string PathOf(string name) => Path.Combine(Root, name);

    /// <summary>A file that everybody can read.</summary>
    public string Write(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(PathOf(name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        return PathOf(name);
    }

    /// <summary>A file that only its owner can read.</summary>
    public string WriteSecret(string name, string text)
    {
        Write(name, text);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(PathOf(name), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return PathOf(name);
    }

    /// <summary>Writes <c>name.crt</c> and <c>name.key</c>, self-signed for localhost.</summary>
    public X509Certificate2 WriteCertificate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        var now = TimeProvider.System.GetUtcNow();
        var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        Write($"{name}.crt", certificate.ExportCertificatePem());
        WriteSecret($"{name}.key", key.ExportPkcs8PrivateKeyPem());
        return certificate;
    }
}

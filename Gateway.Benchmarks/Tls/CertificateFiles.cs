using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Benchmarks.Tls;

/// <summary>
/// The PEM files that load generator, relays and backend share: one authority, one server certificate for both legs, one client
/// certificate. All ECDSA P-256, valid for a day.
/// </summary>
sealed record CertificateFiles(string Directory)
{
    /// <summary>The name in the server certificate, which both legs verify.</summary>
    public const string ServerName = "localhost";

    /// <summary>The common name and DNS name in the client certificate.</summary>
    public const string ClientName = "load.example.org";

    const string ServerPurpose = "1.3.6.1.5.5.7.3.1";
    const string ClientPurpose = "1.3.6.1.5.5.7.3.2";

    public string Authority => Path.Combine(Directory, "authority.pem");

    public string ServerCertificate => Path.Combine(Directory, "server.pem");

    public string ServerKey => Path.Combine(Directory, "server.key");

    /// <summary>Certificate and key in one file, as HAProxy wants them.</summary>
    public string ServerPair => Path.Combine(Directory, "server.pair.pem");

    public string ClientCertificate => Path.Combine(Directory, "client.pem");

    public string ClientKey => Path.Combine(Directory, "client.key");

    public static CertificateFiles Create(string directory)
    {
        var files = new CertificateFiles(directory);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Benchmark Authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var now = TimeProvider.System.GetUtcNow();
        using var authority = request.CreateSelfSigned(now.AddHours(-1), now.AddDays(1));
        File.WriteAllText(files.Authority, authority.ExportCertificatePem());
        // A node's certificate serves its listeners and its own remoting, hence both purposes.
        Issue(authority, ServerName, [ServerPurpose, ClientPurpose], files.ServerCertificate, files.ServerKey);
        Issue(authority, ClientName, [ClientPurpose], files.ClientCertificate, files.ClientKey);
        File.WriteAllText(files.ServerPair, File.ReadAllText(files.ServerCertificate) + "\n" + File.ReadAllText(files.ServerKey));
        return files;
    }

    static void Issue(X509Certificate2 authority, string name, string[] purposes, string certificateFile, string keyFile)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([.. purposes.Select(p => new Oid(p))], false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        if (name == ServerName) names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var issued = request.Create(authority, authority.NotBefore, authority.NotAfter, RandomNumberGenerator.GetBytes(16));
        File.WriteAllText(certificateFile, issued.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(keyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}

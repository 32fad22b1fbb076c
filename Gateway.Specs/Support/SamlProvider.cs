using System.Security.Cryptography.X509Certificates;

namespace Gateway.Specs.Support;

/// <summary>npm's samlify as an identity provider on loopback, over HTTPS, for a node on a port that is known beforehand. People: alice and bob.</summary>
sealed class SamlProvider : IAsyncDisposable
{
    readonly TestCertificates _certificates;
    readonly DirectoryInfo _directory;
    readonly NpmProcess _process;
    readonly int _port;

    SamlProvider(TestCertificates certificates, DirectoryInfo directory, NpmProcess process, int port) =>
        (_certificates, _directory, _process, _port) = (certificates, directory, process, port);

    public X509Certificate2 Authority => _certificates.Authority;

    public string Output => _process.Output;

    /// <param name="nodePort">The port of the node's admin API.</param>
    /// <param name="nodeAuthorityFile">What verifies the node; may come into being later.</param>
    public static async Task<SamlProvider> StartAsync(int nodePort, string nodeAuthorityFile)
    {
        var directory = Directory.CreateTempSubdirectory("gateway-saml");
        var certificates = new TestCertificates("Test SAML CA");
        var (chain, key) = TestCertificates.Write(certificates.Server(), directory.FullName, "provider");
        var signing = new SamlForge().Certificate;
        var signingKey = Path.Combine(directory.FullName, "signing.key");
        await File.WriteAllTextAsync(Path.Combine(directory.FullName, "signing.crt"), signing.ExportCertificatePem());
        await File.WriteAllTextAsync(signingKey, signing.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
        var port = FreePort.Next();
        var process = await NpmPackages.StartAsync(
            "saml-provider.cjs", $"{port}", chain, key, Path.Combine(directory.FullName, "signing.crt"), signingKey,
            $"https://localhost:{nodePort}/saml/corp/metadata", nodeAuthorityFile);
        return new SamlProvider(certificates, directory, process, port);
    }

    /// <summary>The settings of a node whose people log in here, as the provider "corp".</summary>
    /// <param name="nodePort">The port of its admin API.</param>
    /// <param name="user">Whom the provider logs in.</param>
    public (string, string)[] Settings(int nodePort, string user) =>
    [
        ("Admin:Port", $"{nodePort}"), ("Saml:PublicUrl", $"https://localhost:{nodePort}"), ("Saml:Providers:0:Name", "corp"),
        ("Saml:Providers:0:EntityId", $"https://localhost:{_port}/metadata"), ("Saml:Providers:0:SingleSignOnUrl", $"https://localhost:{_port}/sso?user={user}"),
        ("Saml:Providers:0:CertificatesFile", Path.Combine(_directory.FullName, "signing.crt")),
    ];

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _certificates.Dispose();
        _directory.Delete(recursive: true);
    }
}

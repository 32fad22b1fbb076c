using Gateway.Actors.Hosting;

namespace Gateway.Specs.Support;

/// <summary>
/// npm's oidc-provider on loopback, over HTTPS. People: alice (groups telemetry, operators) and bob; the client <c>gateway-cli</c>, and the
/// service account <c>meter</c> with <see cref="ServiceSecret"/>.
/// </summary>
sealed class OidcProvider : IAsyncDisposable
{
    public const string ServiceSecret = "meter-secret";

    readonly TestCertificates _certificates;
    readonly DirectoryInfo _directory;
    readonly NpmProcess _process;

    OidcProvider(TestCertificates certificates, DirectoryInfo directory, NpmProcess process, int port)
    {
        (_certificates, _directory, _process) = (certificates, directory, process);
        Url = $"https://localhost:{port}";
        AuthoritiesFile = certificates.WriteAuthority(Path.Combine(directory.FullName, "issuer-ca.crt"));
    }

    public string Url { get; }

    public string AuthoritiesFile { get; }

    public TestCertificates Certificates => _certificates;

    /// <param name="lifetime">Of access tokens.</param>
    public static async Task<OidcProvider> StartAsync(TimeSpan lifetime)
    {
        var directory = Directory.CreateTempSubdirectory("gateway-oidc");
        var certificates = new TestCertificates("Test OIDC CA");
        var (chain, key) = TestCertificates.Write(certificates.Server(), directory.FullName, "issuer");
        var port = FreePort.Next();
        var process = await NpmPackages.StartAsync("oidc-provider.mjs", $"{port}", chain, key, $"{(int)lifetime.TotalSeconds}");
        return new OidcProvider(certificates, directory, process, port);
    }

    /// <summary>What it printed, errors of requests among it.</summary>
    public string Output => _process.Output;

    /// <summary>The configuration of a node where people log in at this issuer.</summary>
    public IssuerOptions Options() => new()
    {
        Name = "main",
        Authority = Url,
        Audience = "urn:gateway",
        AuthoritiesFile = AuthoritiesFile,
        CliClientId = "gateway-cli",
        CliResource = "urn:gateway",
    };

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _certificates.Dispose();
        _directory.Delete(recursive: true);
    }
}

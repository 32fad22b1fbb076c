using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
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
    readonly Func<Task<NpmProcess>> _start;
    NpmProcess _process;

    OidcProvider(TestCertificates certificates, DirectoryInfo directory, Func<Task<NpmProcess>> start, NpmProcess process, int port)
    {
        (_certificates, _directory, _start, _process) = (certificates, directory, start, process);
        Url = $"https://localhost:{port}";
        AuthoritiesFile = certificates.WriteAuthority(Path.Combine(directory.FullName, "issuer-ca.crt"));
    }

    public string Url { get; }

    public string AuthoritiesFile { get; }

    public TestCertificates Certificates => _certificates;

    /// <param name="lifetime">Of access tokens.</param>
    /// <param name="clock">How far its clock is ahead of everybody else's.</param>
    public static async Task<OidcProvider> StartAsync(TimeSpan lifetime, TimeSpan clock = default)
    {
        var directory = Directory.CreateTempSubdirectory("gateway-oidc");
        var certificates = new TestCertificates("Test OIDC CA");
        var (chain, key) = TestCertificates.Write(certificates.Server(), directory.FullName, "issuer");
        var port = FreePort.Next();
        Task<NpmProcess> Start() => NpmPackages.StartAsync(
            "oidc-provider.mjs", $"{port}", chain, key, $"{(int)lifetime.TotalSeconds}", $"{(int)clock.TotalSeconds}");
        return new OidcProvider(certificates, directory, Start, await Start(), port);
    }

    /// <summary>It is gone until <see cref="StartAgainAsync"/>.</summary>
    public async Task StopAsync() => await _process.DisposeAsync();

    /// <summary>Listens again at its address, with a new signing key: the old one is published no more.</summary>
    public async Task StartAgainAsync() => _process = await _start();

    /// <summary>It takes connections and answers nobody until <see cref="GoOnAsync"/>.</summary>
    public Task HangAsync() => Tool.RunAsync("kill", "-STOP", $"{_process.Id}");

    public Task GoOnAsync() => Tool.RunAsync("kill", "-CONT", $"{_process.Id}");

    /// <summary>A token for the service account.</summary>
    public async Task<string> ServiceTokenAsync()
    {
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.AddRange(_certificates.Authorities);
        using var http = new HttpClient(new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = trust } });
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["resource"] = "urn:gateway",
        });
        http.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"meter:{ServiceSecret}")));
        using var answer = await http.PostAsync(new Uri($"{Url}/token"), form);
        using var token = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return token.RootElement.GetProperty("access_token").GetString()!;
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

using System.Diagnostics;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Gateway.Actors.Certificates.Acme;
using Gateway.Actors.Hosting;

namespace Gateway.Specs.Support;

/// <summary>
/// A real ACME server on loopback, with a resolver (pebble-challtestsrv) that says of every name that it is 127.0.0.1. As people find them: it refuses
/// every fifth good nonce and orders and authorizations take a while.
/// </summary>
public sealed class Pebble : IAsyncDisposable
{
    public const string ExternalId = "kid-1";
    public const string ExternalKey = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W";

    readonly ConfigurationFolder _folder = new();
    readonly TestCertificates _authority = new("Pebble's CA");
    readonly int _port = FreePort.Next();
    readonly int _management = FreePort.Next();
    Process? _server;
    Process? _resolver;

    Pebble()
    {
    }

    public string Directory => $"https://localhost:{_port}/dir";

    /// <summary>What its own certificate is verified with; the certificates that it issues have another root.</summary>
    public string AuthoritiesFile => _folder.PathOf("pebble-ca.crt");

    /// <summary>Where it asks for answers to http-01.</summary>
    public int HttpPort { get; } = FreePort.Next();

    /// <summary>Where it connects for tls-alpn-01.</summary>
    public int TlsPort { get; private init; }

    public static async Task<Pebble> StartAsync(PebbleManners? manners = null)
    {
        var how = manners ?? new PebbleManners();
        var pebble = new Pebble { TlsPort = how.TlsPort ?? FreePort.Next() };
        await pebble.RunAsync(how);
        return pebble;
    }

    /// <summary>The configuration of a node that is to have certificates from it.</summary>
    public AcmeOptions Options(AcmeChallengeKind challenge, bool externalAccount = false) => new()
    {
        Name = "pebble",
        Directory = Directory,
        AuthoritiesFile = AuthoritiesFile,
        Contact = "operations@example.org",
        TermsAgreed = true,
        Challenge = challenge,
        ExternalAccountKeyId = externalAccount ? ExternalId : null,
        ExternalAccountKeyFile = externalAccount ? _folder.WriteSecret("eab.key", ExternalKey + "\n") : null,
    };

    /// <summary>The root of the certificates that it issues.</summary>
    public async Task<X509Certificate2> RootAsync()
    {
        using var http = Http();
        return X509Certificate2.CreateFromPem(await http.GetStringAsync($"https://localhost:{_management}/roots/0"));
    }

    /// <summary>Whether it says that a certificate it issued is valid or revoked.</summary>
    public async Task<string> StatusOfAsync(X509Certificate2 certificate)
    {
        using var http = Http();
        var told = await http.GetStringAsync($"https://localhost:{_management}/cert-status-by-serial/{certificate.SerialNumber.ToLowerInvariant()}");
        return (string)JsonNode.Parse(told)!["Status"]!;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in new[] { _server, _resolver }.OfType<Process>())
        {
            if (!process.HasExited) process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        _authority.Dispose();
        _folder.Dispose();
    }

    async Task RunAsync(PebbleManners how)
    {
        var (chain, key) = TestCertificates.Write(_authority.Server("localhost", "127.0.0.1"), _folder.Root, "pebble");
        _authority.WriteAuthority(AuthoritiesFile);
        var settings = new JsonObject
        {
            ["listenAddress"] = $"127.0.0.1:{_port}",
            ["managementListenAddress"] = $"127.0.0.1:{_management}",
            ["certificate"] = chain,
            ["privateKey"] = key,
            ["httpPort"] = HttpPort,
            ["tlsPort"] = TlsPort,
            ["ocspResponderURL"] = "",
            ["externalAccountBindingRequired"] = how.WantsExternalAccount,
            ["externalAccountMACKeys"] = new JsonObject { [ExternalId] = ExternalKey },
            ["domainBlocklist"] = new JsonArray("blocked.test"),
            ["retryAfter"] = new JsonObject { ["authz"] = 1, ["order"] = 1 },
            ["certificateValidityPeriod"] = (long)how.Lifetime.TotalSeconds,
        };
        var configuration = _folder.Write("pebble.json", new JsonObject { ["pebble"] = settings }.ToJsonString());
        var dns = FreePort.Next();
        _resolver = Start(
            "pebble-challtestsrv",
            ["-defaultIPv4", "127.0.0.1", "-defaultIPv6", "", "-dns01", $"127.0.0.1:{dns}", "-http01", "", "-https01", "", "-tlsalpn01", "", "-management", $"127.0.0.1:{FreePort.Next()}"],
            []);
        _server = Start(
            "pebble", ["-config", configuration, "-dnsserver", $"127.0.0.1:{dns}"],
            new() { ["PEBBLE_WFE_NONCEREJECT"] = $"{how.RefusedNonces}", ["PEBBLE_VA_NOSLEEP"] = "1", ["PEBBLE_AUTHZREUSE"] = "0", ["PEBBLE_ALTERNATE_ROOTS"] = "1" });
        await Eventually.TrueAsync(() => FreePort.IsTaken(_port) && FreePort.IsTaken(_management));
    }

    static Process Start(string program, string[] arguments, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(Tool.Path(program), arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return process;
    }

    HttpClient Http() => new(new SocketsHttpHandler
    {
        SslOptions = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                CustomTrustStore = { _authority.Authority },
            },
        },
    });
}

/// <summary>How a pebble is.</summary>
public sealed record PebbleManners
{
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Percent of the good nonces that it refuses.</summary>
    public int RefusedNonces { get; init; } = 20;

    public bool WantsExternalAccount { get; init; }

    /// <summary>Where it connects for tls-alpn-01; null: somewhere free.</summary>
    public int? TlsPort { get; init; }
}

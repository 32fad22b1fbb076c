using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Authorize;
using Gateway.Actors.Certificates;
using Gateway.Actors.Certificates.Acme;
using Gateway.Actors.Hosting;
using Gateway.Actors.Identify;
using Gateway.Actors.Record;
using Gateway.Actors.Registry;
using Gateway.Actors.Replay;
using Gateway.Actors.Tls;
using Gateway.Actors.Upstream;
using Gateway.Node.Admin;
using Gateway.Specs.Certificates.Acme;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Specs.Support;

/// <summary>A real admin API on loopback, over HTTPS, of a <see cref="SampleCluster"/>.</summary>
sealed class AdminHost : IAsyncDisposable
{
    readonly TestCertificates _issuer = new();
    readonly WebApplication _app;

    AdminHost(ISessionArchive archive, SampleCluster cluster, SealKey key, int loginFailures, AdminCertificateOptions? certificates)
    {
        Certificates = new SampleNodeCertificates(_issuer);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(Log);
        builder.Services.AddSingleton(archive).AddSingleton<ISessionCommands>(cluster).AddSingleton<IClusterView>(cluster)
            .AddSingleton<INodeCommands>(cluster).AddSingleton<IConnections>(cluster).AddSingleton<IReadiness>(cluster)
            .AddSingleton<TimeProvider>(Time).AddSingleton(NoRevocation.Asked).AddSingleton<GatewayMetrics>()
            .AddSingleton<IRegistry>(Registry).AddSingleton<IRegistryCommands>(Registry).AddSingleton<IConnectionSurvey>(cluster)
            .AddSingleton<IConnectionChanges>(new SampleChanges(Registry)).AddSingleton<IAuditRecord>(new HeldAudit(Registry))
            .AddSingleton<ILedger>(new SampleLedger(key)).AddSingleton<IRecordingKeys>(Keys).AddSingleton<RecordingLife>()
            .AddSingleton(ClusterKey.Ephemeral()).AddSingleton(Probe)
            .AddSingleton(new RegisteredCertificates(new GatewayOptions())).AddSingleton<CertificateOrders>().AddSingleton<CertificateRevoking>()
            .AddSingleton(new AcmeSource([], new HeldAccounts(), new OwnAnswers(new PendingChallenges(TimeProvider.System)), TimeProvider.System))
            .AddSingleton<AcmeAccountOrders>().AddSingleton<Resealing>()
            .AddSingleton<ICertificateSurvey>(cluster)
            .AddSingleton<ITokenVerifier, SampleTokens>().AddSingleton<IAccessFacts>(new RegistryAccessFacts(Registry))
            .AddSingleton<INodeCertificates>(Certificates).AddSingleton(key)
            .AddSingleton(new ClientCertificateAuthority(new CertificateOptions(), TimeProvider.System)).AddAdminApi(Options(loginFailures, certificates ?? new AdminCertificateOptions()));
        _app = builder.Build();
        _app.MapAdminApi();
    }

    public SampleNodeCertificates Certificates { get; }

    public LogLines Log { get; } = new();

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.UnixEpoch.AddTicks(SampleRegistry.At * TimeSpan.TicksPerMicrosecond));

    public HeldRegistry Registry { get; } = new();

    public HeldKeys Keys { get; } = new();

    public IServiceProvider Services => _app.Services;

    public X509Certificate2Collection Authorities => _issuer.Authorities;

    public Uri Url { get; private set; } = new("https://localhost");

    public static Task<AdminHost> StartAsync(SampleCluster cluster, SealKey key, int loginFailures = 1000, AdminCertificateOptions? certificates = null) =>
        StartAsync(cluster, cluster, key, loginFailures, certificates);

    public static async Task<AdminHost> StartAsync(
        ISessionArchive archive, SampleCluster cluster, SealKey key, int loginFailures = 1000, AdminCertificateOptions? certificates = null)
    {
        var host = new AdminHost(archive, cluster, key, loginFailures, certificates);
        await host._app.StartAsync();
        var addresses = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        host.Url = new Uri($"https://localhost:{new Uri(addresses.Single()).Port}");
        return host;
    }

    /// <summary>A client that trusts this host alone, with this token, and this certificate for a host that asks.</summary>
    public HttpClient Client(string? token = null, X509Certificate2? certificate = null)
    {
        var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    RevocationMode = X509RevocationMode.NoCheck,
                    CustomTrustStore = { _issuer.Authority },
                },
                ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, null, offline: true),
            },
        };
        var client = new HttpClient(handler) { BaseAddress = Url, Timeout = TimeSpan.FromSeconds(30) };
        if (token is not null) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _issuer.Dispose();
    }

    // Dials for real: where the samples point to there is nothing.
    static UpstreamProbe Probe(IServiceProvider provider) => new(
        new UpstreamDialer(new SslStreamEngine(), NoRevocation.Asked), new UpstreamSecrets(new RefusingSecrets(), new UpstreamTokens(TimeProvider.System)), TimeProvider.System, TimeSpan.FromSeconds(5));

    static GatewayOptions Options(int loginFailures, AdminCertificateOptions certificates) => new()
    {
        Admin = new AdminOptions
        {
            Address = IPAddress.Loopback.ToString(),
            Port = 0,
            AuditorGroups = ["audit"],
            OperatorGroups = ["ops"],
            ViewerGroups = ["view"],
            LoginFailures = loginFailures,
            ClientCertificates = certificates,
        },
        Issuers = [new IssuerOptions { Name = "main" }],
    };
}

/// <summary>Keeps what was logged, in order.</summary>
sealed class LogLines : ILoggerProvider, ILogger
{
    readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyCollection<string> All => _lines;

    public ILogger CreateLogger(string categoryName) => this;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue(formatter(state, exception));

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public void Dispose()
    {
    }
}

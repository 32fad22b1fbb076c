using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Certificates;
using Gateway.Actors.Certificates.Acme;
using Gateway.Actors.Hosting;
using Gateway.Node.PublicHttp;
using Gateway.Specs.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Specs.Certificates.Acme;

/// <summary>A real ACME server, and a node that has certificates from it and answers http-01.</summary>
sealed class PebbleBench : IAsyncDisposable
{
    readonly PendingChallenges _challenges = new(TimeProvider.System);
    readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(60));
    Pebble? _pebble;
    PublicHttpListener? _http;

    public PebbleBench() => Answers = new OwnAnswers(_challenges);

    public HeldAccounts Accounts { get; } = new();

    public OwnAnswers Answers { get; }

    public CancellationToken Deadline => _deadline.Token;

    public Pebble Pebble => _pebble ?? throw new InvalidOperationException("It was not started.");

    public PublicHttpListener Http => _http ?? throw new InvalidOperationException("It was not started.");

    public async Task<AcmeSource> StartAsync(PebbleManners? manners = null)
    {
        _pebble = await Pebble.StartAsync(manners);
        _http = new PublicHttpListener(
            new CertificateOptions { HttpAddress = "127.0.0.1", HttpPort = _pebble.HttpPort }, _challenges, status: null, NullLoggerFactory.Instance);
        await _http.StartAsync(CancellationToken.None);
        return Source(_pebble.Options(AcmeChallengeKind.Http01));
    }

    public AcmeSource Source(AcmeOptions options) => new([options], Accounts, Answers, TimeProvider.System);

    public Task<IssuedChain> IssueAsync(AcmeSource source, params string[] names) =>
        source.IssueAsync(AcmeOrders.For(names.Length == 0 ? ["edge.test"] : names), Deadline);

    /// <summary>Whether the certificate leads to the server's root by what came with it.</summary>
    public async Task<bool> IsTrustedAsync(X509Certificate2 leaf, IssuedChain issued)
    {
        using var root = await Pebble.RootAsync();
        using var chain = new X509Chain
        {
            ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, CustomTrustStore = { root } },
        };
        foreach (var der in issued.Certificates.Skip(1)) chain.ChainPolicy.ExtraStore.Add(X509CertificateLoader.LoadCertificate(der.Span));
        return chain.Build(leaf);
    }

    public async ValueTask DisposeAsync()
    {
        if (_http is not null)
        {
            await _http.StopAsync(CancellationToken.None);
            await _http.DisposeAsync();
        }

        if (_pebble is not null) await _pebble.DisposeAsync();
        _deadline.Dispose();
    }
}

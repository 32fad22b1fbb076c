using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Gateway.Lighthouse;

/// <summary>
/// The certificate and authorities that hold now. Files that were renewed are taken over within seconds; files that cannot be read, or are
/// half written, leave what was there.
/// </summary>
sealed class LighthouseCertificates(LighthouseOptions options, ILogger<LighthouseCertificates> log, TimeProvider time) : BackgroundService
{
    static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5);

    volatile X509Certificate2 _own = CertificateFiles.TryRead(options.CertificateFile, options.KeyFile)
        ?? throw new InvalidOperationException("The certificate was readable a moment ago.");

    volatile X509Certificate2Collection _authorities = CertificateFiles.TryReadAuthorities(options.ClusterAuthoritiesFile)
        ?? throw new InvalidOperationException("The authorities were readable a moment ago.");

    public X509Certificate2 Own => _own;

    public X509Certificate2Collection Authorities => _authorities;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var own = CertificateFiles.TryRead(options.CertificateFile, options.KeyFile);
            if (own is not null && own.Thumbprint != _own.Thumbprint) Take(own);
            var authorities = CertificateFiles.TryReadAuthorities(options.ClusterAuthoritiesFile);
            if (authorities is not null && !Thumbprints(authorities).SequenceEqual(Thumbprints(_authorities))) Take(authorities);
        }
    }

    void Take(X509Certificate2 own)
    {
        _own = own;
        log.LogInformation("Took over a renewed certificate, valid until {NotAfter:u}", own.NotAfter.ToUniversalTime());
    }

    void Take(X509Certificate2Collection authorities)
    {
        _authorities = authorities;
        log.LogInformation("Took over changed authorities, {Count} of them", authorities.Count);
    }

    static IEnumerable<string> Thumbprints(X509Certificate2Collection certificates) => certificates.Select(c => c.Thumbprint);
}

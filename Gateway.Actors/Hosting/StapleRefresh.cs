using Gateway.Actors.Certificates;
using Gateway.Actors.Tls.Revocation;
using Microsoft.Extensions.Hosting;

namespace Gateway.Actors.Hosting;

/// <summary>
/// Has the responders' answers at hand before the first client asks for one, and renews them where no client comes by: for the node's own certificate
/// and every one that its connections show.
/// </summary>
sealed class StapleRefresh(CertificateRevocation revocation, INodeCertificates certificates, IConnections connections, TimeProvider time) : BackgroundService
{
    static readonly TimeSpan s_interval = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_interval, time);
        do
        {
            var authorities = certificates.ClusterAuthorities;
            var names = new HashSet<string?>([null, .. connections.All.Select(profile => profile.ClientTls.Certificate)]);
            await Task.WhenAll(names.Select(certificates.Find).Where(own => own.IsGranted).Select(own => revocation.Staples.RefreshAsync(own.Value, authorities)))
                .ConfigureAwait(false);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }
}

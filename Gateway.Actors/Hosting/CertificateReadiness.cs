using Gateway.Actors.Certificates;

namespace Gateway.Actors.Hosting;

/// <summary>
/// A node that has nothing good to show for one of its connections, or soon will not have, takes no new sessions: others may have.
/// </summary>
sealed class CertificateReadiness(CertificateStore store, NodeConnections connections, TimeProvider time) : IReadiness
{
    public IReadOnlyList<ReadinessCheck> Checks
    {
        get
        {
            var now = time.GetUtcNow();
            var needed = connections.Served.Select(s => s.Profile).OfType<Connections.ConnectionProfile>()
                .SelectMany(p => new[] { p.ClientTls.Certificate, p.Upstream.Certificate }).OfType<string>().Distinct(StringComparer.Ordinal);
            var problems = needed.Select(name => store.Problem(name, now)).OfType<string>().ToArray();
            return [problems.Length > 0 ? ReadinessCheck.Failed("certificates", string.Join("; ", problems)) : ReadinessCheck.Passed("certificates")];
        }
    }
}

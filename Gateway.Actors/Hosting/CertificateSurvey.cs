using Akka.Actor;
using Gateway.Actors.Certificates;
using Gateway.Actors.Hosting.AdminApi;
using Gateway.Actors.Hosting.Clustering;

namespace Gateway.Actors.Hosting;

/// <summary>Asks every node how it holds a version of a certificate.</summary>
public interface ICertificateSurvey
{
    /// <summary>One entry per gateway, ordered by name; a node that does not answer in time says so.</summary>
    Task<IReadOnlyList<NodeCertificateView>> AskAsync(string name, uint version, CancellationToken cancel);
}

sealed class CertificateSurvey(ActorSystem system) : ICertificateSurvey
{
    static readonly TimeSpan s_answer = TimeSpan.FromSeconds(3);

    public Task<IReadOnlyList<NodeCertificateView>> AskAsync(string name, uint version, CancellationToken cancel) => Gateways.AskAsync<CertificateShown, NodeCertificateView>(
        system, CertificatesActor.Name, new ShowCertificate(name, version), s_answer,
        (node, shown) => new(node.Key(), node.Name(), shown.Holds, shown.Proves, shown.Problem.Length > 0 ? shown.Problem : null),
        node => new(node.Key(), node.Name(), false, false, "the node does not answer"),
        cancel);
}

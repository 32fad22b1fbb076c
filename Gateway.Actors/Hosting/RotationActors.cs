using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Tools.Singleton;
using Gateway.Actors.Certificates;
using Gateway.Actors.Certificates.Tokens;
using Gateway.Actors.Hosting.Clustering;
using Gateway.Actors.Registry;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Hosting;

/// <summary>This node's share of the rotation of certificates: who says how it holds them, and the coordinator when it is here.</summary>
sealed class RotationActors(
    ActorSystem system, OpenedNode node, IRegistryCommands commands, IEnumerable<SourceOf> sources, ICertificateProbe probe, GatewayMetrics metrics,
    ILoggerFactory logging, AuthorityToken? token = null)
{
    const string Coordinator = "rotation";

    public void Start()
    {
        system.ActorOf(CertificatesActor.Props(node.Certificates, probe, node.Identity.Key), CertificatesActor.Name);
        metrics.ObserveCertificates(() => node.Certificates.Held.Select(
            held => (held.Name, held.Presented(node.Time.GetUtcNow())?.Facts is { } facts ? (facts.NotAfter - node.Time.GetUtcNow()).TotalSeconds : 0)));
        var issuers = sources.ToDictionary(s => s.Origin, s => s.Source);
        var parts = new RotationParts
        {
            NodeKey = node.Identity.Key,
            Registry = node.Registry,
            Commands = commands,
            Key = node.ClusterKey,
            Token = token,
            Nodes = new RotationNodes(system),
            Source = issuers.GetValueOrDefault,
            NodeCertificate = node.Options.Certificates.NodeCertificate,
            Read = node.RegisteredCertificates.Read,
            Done = metrics.Rotated,
            Time = node.Time,
            Logging = logging,
        };
        system.ActorOf(
            ClusterSingletonManager.Props(
                RotationActor.Props(parts), PoisonPill.Instance, ClusterSingletonManagerSettings.Create(system).WithRole(NodeIdentity.GatewayRole)),
            Coordinator);
    }

    sealed class RotationNodes(ActorSystem system) : IRotationNodes
    {
        readonly Cluster _cluster = Cluster.Get(system);

        // One that joins presents what is active before it listens; one that leaves has stopped listening.
        public IReadOnlyCollection<string> Live => [.. Members().Keys];

        public void Ask(IEnumerable<string> nodeKeys, ShowCertificate question, IActorRef replyTo)
        {
            var members = Members();
            foreach (var key in nodeKeys)
            {
                if (members.TryGetValue(key, out var address))
                    Gateways.Actor(system, address, CertificatesActor.Name).Tell(question, replyTo);
            }
        }

        Dictionary<string, Address> Members() =>
            Gateways.Up(system).Where(m => m.Key().Length > 0).ToDictionary(m => m.Key(), m => m.Address, StringComparer.Ordinal);
    }
}

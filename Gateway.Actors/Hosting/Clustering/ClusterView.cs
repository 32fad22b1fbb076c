using Akka.Actor;
using Akka.Cluster;

namespace Gateway.Actors.Hosting.Clustering;

/// <summary>Reads the membership that Akka keeps up to date from gossip. Safe for use from several threads.</summary>
public sealed class ClusterView(ActorSystem system, NodeIdentity identity) : IClusterView
{
    readonly Cluster _cluster = Cluster.Get(system);

    public IReadOnlyList<NodeView> Nodes
    {
        get
        {
            var state = _cluster.State;
            return [.. state.Members.Select(m => View(m, !state.Unreachable.Contains(m))).OrderBy(n => n.Name, StringComparer.Ordinal)];
        }
    }

    public string OwnKey => identity.Key;

    /// <summary>Passes while this node is a full member.</summary>
    public ReadinessCheck Readiness
    {
        get
        {
            if (_cluster.IsTerminated) return ReadinessCheck.Failed("cluster", "this node has left the cluster");
            var status = _cluster.SelfMember.Status;
            if (status == MemberStatus.Up) return ReadinessCheck.Passed("cluster");
            var joins = status is MemberStatus.Joining or MemberStatus.WeaklyUp or MemberStatus.Removed;
            return ReadinessCheck.Failed("cluster", joins ? "this node has not joined the cluster" : "this node is leaving the cluster");
        }
    }

    static NodeView View(Member member, bool reachable) => new(
        member.Key(),
        member.Name() is { Length: > 0 } name ? name : $"{member.Address.Host}:{member.Address.Port}",
        $"{member.Address.Host}:{member.Address.Port}",
        [.. member.Roles.Where(r => !IsTag(r)).Order(StringComparer.Ordinal)],
        member.Status.ToString().ToLowerInvariant(),
        reachable);

    static bool IsTag(string role) =>
        role.StartsWith(NodeIdentity.KeyPrefix, StringComparison.Ordinal)
        || role.StartsWith(NodeIdentity.NamePrefix, StringComparison.Ordinal);
}

using Akka.Actor;
using Akka.Cluster;

namespace Gateway.Actors.Hosting.Clustering.Crashes;

/// <summary>
/// Who saw whose port refuse, and whether that proves that a process is gone. A host refuses only where nobody listens, and a node listens as long as it
/// lives; but so may a firewall answer in a partition, hence the two majorities. Not thread-safe.
/// </summary>
public sealed class CrashEvidence(Address self)
{
    readonly Dictionary<UniqueAddress, HashSet<Address>> _witnesses = [];

    /// <summary>Those whose port this node itself saw refuse.</summary>
    public IEnumerable<UniqueAddress> Suspects => _witnesses.Where(seen => seen.Value.Contains(self)).Select(seen => seen.Key);

    /// <summary>Takes what a node saw.</summary>
    public void Take(UniqueAddress suspect, Address witness)
    {
        if (!_witnesses.TryGetValue(suspect, out var witnesses)) _witnesses[suspect] = witnesses = [];
        witnesses.Add(witness);
    }

    /// <summary>The suspect lives, or is no member any more.</summary>
    public void Drop(UniqueAddress suspect) => _witnesses.Remove(suspect);

    /// <summary>
    /// True when this node is on the side of most members, not counting those it cannot reach or suspects, and most gateways of that side, this one among
    /// them, saw the port refuse.
    /// </summary>
    public bool Proves(UniqueAddress suspect, ClusterSight sight)
    {
        if (!_witnesses.TryGetValue(suspect, out var witnesses) || !witnesses.Contains(self)) return false;
        var gone = Suspects.Select(s => s.Address).ToHashSet();
        var standing = sight.Members.Where(m => m.IsReachable && !gone.Contains(m.Address)).ToArray();
        if (2 * standing.Length <= sight.Members.Count) return false;
        var voters = standing.Where(m => m.IsGateway).ToArray();
        return 2 * voters.Count(m => witnesses.Contains(m.Address)) > voters.Length;
    }
}

/// <summary>The members as one node sees them now.</summary>
public sealed record ClusterSight(IReadOnlyCollection<SeenMember> Members)
{
    /// <summary>The gateway of that address that takes part in the cluster; null where there is none.</summary>
    public UniqueAddress? Gateway(Address address) => Members.FirstOrDefault(m => m.IsGateway && m.IsStaying && m.Address.Equals(address))?.Unique;

    public static ClusterSight Of(ClusterEvent.CurrentClusterState state) => new(
    [
        .. state.Members.Select(m => new SeenMember(
            m.UniqueAddress, m.HasRole(NodeIdentity.GatewayRole), m.Status is MemberStatus.Joining or MemberStatus.WeaklyUp or MemberStatus.Up,
            !state.Unreachable.Contains(m))),
    ]);
}

/// <summary>A member.</summary>
/// <param name="Unique">Its address and which process of it.</param>
/// <param name="IsGateway">It carries sessions.</param>
/// <param name="IsStaying">It is not about to leave: one that is closes its port in good order.</param>
/// <param name="IsReachable">Heartbeats came.</param>
public sealed record SeenMember(UniqueAddress Unique, bool IsGateway, bool IsStaying, bool IsReachable)
{
    public Address Address => Unique.Address;
}

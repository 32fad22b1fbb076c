using Akka.Actor;
using Akka.Cluster;
using Gateway.Actors.Sessions;

namespace Gateway.Actors.Hosting;

/// <summary>Reads from gossip whose sessions are still carried, and which node seals the others: the oldest gateway that is up.</summary>
sealed class SealerView(ActorSystem system) : ISealerView
{
    readonly Cluster _cluster = Cluster.Get(system);

    public IReadOnlyCollection<string> LiveNodeKeys =>
        [.. _cluster.State.Members.SelectMany(m => m.Roles).Where(IsKey).Select(r => r[NodeIdentity.KeyPrefix.Length..])];

    public bool IsResponsible
    {
        get
        {
            var oldest = _cluster.State.Members
                .Where(m => m.Status == MemberStatus.Up && m.HasRole(NodeIdentity.GatewayRole))
                .Aggregate((Member?)null, (so, m) => so is null || m.IsOlderThan(so) ? m : so);
            return oldest is not null && oldest.UniqueAddress.Equals(_cluster.SelfUniqueAddress);
        }
    }

    // A member that came up may be this node, which is then the first to look after what an earlier process left.
    public void WhenMemberLost(IActorRef receiver, object message) => system.ActorOf(
        Props.Create(() => new Watch(receiver, message)), "sealer-watch");

    static bool IsKey(string role) => role.StartsWith(NodeIdentity.KeyPrefix, StringComparison.Ordinal);

    sealed class Watch : ReceiveActor
    {
        public Watch(IActorRef to, object message)
        {
            Receive<ClusterEvent.MemberRemoved>(_ => to.Tell(message));
            Receive<ClusterEvent.MemberUp>(_ => to.Tell(message));
            Receive<ClusterEvent.CurrentClusterState>(_ => to.Tell(message));
        }

        protected override void PreStart() =>
            Cluster.Get(Context.System).Subscribe(Self, typeof(ClusterEvent.MemberRemoved), typeof(ClusterEvent.MemberUp));

        protected override void PostStop() => Cluster.Get(Context.System).Unsubscribe(Self);
    }
}

using Akka.Actor;
using Akka.Cluster;
using Gateway.Actors.Hosting.Clustering;
using Gateway.Actors.Sessions;

namespace Gateway.Actors.Hosting;

/// <summary>Reads from gossip whose sessions are still carried, and which node seals the others: the oldest gateway that is up.</summary>
sealed class SealerView(ActorSystem system) : ISealerView
{
    readonly Cluster _cluster = Cluster.Get(system);

    public IReadOnlyCollection<string> LiveNodeKeys =>
        [.. _cluster.State.Members.Select(m => m.Key()).Where(key => key.Length > 0)];

    public bool IsResponsible
    {
        get
        {
            var oldest = Gateways.Up(system).Aggregate((Member?)null, (so, m) => so is null || m.IsOlderThan(so) ? m : so);
            return oldest is not null && oldest.UniqueAddress.Equals(_cluster.SelfUniqueAddress);
        }
    }

    // A member that came up may be this node, which is then the first to look after what an earlier process left.
    public void WhenMemberLost(IActorRef receiver, object message) => system.ActorOf(
        Props.Create(() => new Watch(receiver, message)), "sealer-watch");

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

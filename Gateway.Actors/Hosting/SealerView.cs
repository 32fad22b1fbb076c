using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;
using Gateway.Actors.Hosting.Clustering;
using Gateway.Actors.Sessions;

namespace Gateway.Actors.Hosting;

/// <summary>Reads from gossip whose sessions are still carried, and which node seals the others: the oldest gateway that is up.</summary>
sealed class SealerView(ActorSystem system) : ISealerView
{
    readonly Cluster _cluster = Cluster.Get(system);

    // What was told by events: who acts on an event must not see what was before it, and the cluster's own view may lag behind.
    volatile IImmutableSet<Member>? _told;

    public IReadOnlyCollection<string> LiveNodeKeys => [.. Members.Select(m => m.Key()).Where(key => key.Length > 0)];

    public bool IsResponsible
    {
        get
        {
            var oldest = Gateways.Up(Members).Aggregate((Member?)null, (so, m) => so is null || m.IsOlderThan(so) ? m : so);
            return oldest is not null && oldest.UniqueAddress.Equals(_cluster.SelfUniqueAddress);
        }
    }

    IImmutableSet<Member> Members => _told ?? _cluster.State.Members;

    // A member that came up may be this node, which is then the first to look after what an earlier process left.
    public void WhenMemberLost(IActorRef receiver, object message) => system.ActorOf(
        Props.Create(() => new Watch(this, receiver, message)), "sealer-watch");

    sealed class Watch : ReceiveActor
    {
        public Watch(SealerView view, IActorRef to, object message)
        {
            Receive<ClusterEvent.CurrentClusterState>(state =>
            {
                view._told = state.Members;
                to.Tell(message);
            });
            Receive<ClusterEvent.IMemberEvent>(e =>
            {
                var others = view.Members.Remove(e.Member);
                view._told = e is ClusterEvent.MemberRemoved ? others : others.Add(e.Member);
                if (e is ClusterEvent.MemberRemoved or ClusterEvent.MemberUp) to.Tell(message);
            });
        }

        protected override void PreStart() =>
            Cluster.Get(Context.System).Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsSnapshot, typeof(ClusterEvent.IMemberEvent));

        protected override void PostStop() => Cluster.Get(Context.System).Unsubscribe(Self);
    }
}

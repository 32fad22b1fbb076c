using Akka;
using Akka.Actor;
using Akka.Cluster;

namespace Gateway.Actors.Hosting.Clustering;

/// <summary>
/// A node that is told to stop while it joins hears first whether it was let in. The others may count it already, and one that does not know yet that it is
/// a member cannot leave: it would be missed like one that died, which costs a cluster of two the other.
/// </summary>
public static class JoinUnderWay
{
    // From the cluster's word to the node's ear it takes one message; a node that finds no cluster stops so much later.
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(20);

    /// <summary>Has the node's orderly stop wait for it, before it leaves.</summary>
    public static void IsHeardBeforeLeaving(ActorSystem system, TimeProvider time)
    {
        var shutdown = CoordinatedShutdown.Get(system);
        shutdown.AddTask(CoordinatedShutdown.PhaseBeforeClusterShutdown, "hear-the-welcome", async () =>
        {
            if (shutdown.ShutdownReason is not CoordinatedShutdown.ClusterDowningReason) await HeardAsync(Cluster.Get(system), time).ConfigureAwait(false);
            return Done.Instance;
        });
    }

    static async Task HeardAsync(Cluster cluster, TimeProvider time)
    {
        var began = time.GetTimestamp();
        while (!cluster.IsTerminated && cluster.SelfMember.Status == MemberStatus.Removed && time.GetElapsedTime(began) < s_patience)
            await Task.Delay(s_look, time).ConfigureAwait(false);
    }
}

using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Tools.Singleton;

namespace Gateway.Actors.Registry;

/// <summary>Places the registry's writer in the cluster, and finds it.</summary>
public static class RegistryProxy
{
    const string Name = "registry";

    /// <summary>Starts this node's share of the singleton, and the way to it.</summary>
    public static IActorRef Start(ActorSystem system, Props writer, string role)
    {
        system.ActorOf(
            ClusterSingletonManager.Props(writer, PoisonPill.Instance, ClusterSingletonManagerSettings.Create(system).WithRole(role)), Name);
        return system.ActorOf(
            ClusterSingletonProxy.Props($"/user/{Name}", ClusterSingletonProxySettings.Create(system).WithRole(role)), $"{Name}-proxy");
    }

    /// <summary>Tells the followers of all nodes of that role.</summary>
    public static void Tell(ActorSystem system, RegistryAdvanced advanced, string role)
    {
        foreach (var member in Cluster.Get(system).State.Members.Where(m => m.HasRole(role)))
            system.ActorSelection(new RootActorPath(member.Address) / "user" / RegistryFollowerActor.Name).Tell(advanced);
    }
}

using Akka.Actor;

namespace Gateway.Actors.Hosting;

/// <summary>Drains by way of Akka's coordinated shutdown, in whose phases <see cref="NodeActors"/> stops listening and ends sessions.</summary>
sealed class NodeCommands(ActorSystem system) : INodeCommands
{
    public Task DrainAsync(CancellationToken cancel)
    {
        // Runs once, however often it is asked for; the process ends when it has.
        _ = CoordinatedShutdown.Get(system).Run(CoordinatedShutdown.ClusterLeavingReason.Instance);
        return Task.CompletedTask;
    }
}

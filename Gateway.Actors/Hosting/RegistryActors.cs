using Akka.Actor;
using Gateway.Actors.Registry;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Hosting;

/// <summary>The registry's actors on this node: its follower, its share of the writer, and the way to the writer.</summary>
sealed class RegistryActors
{
    readonly ActorSystem _system;
    readonly OpenedNode _node;
    readonly ILoggerFactory _logging;
    readonly TaskCompletionSource<IActorRef> _writer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RegistryActors(ActorSystem system, OpenedNode node, ILoggerFactory logging)
    {
        (_system, _node, _logging) = (system, node, logging);
        Commands = new RegistryCommands(_writer.Task.WaitAsync, node.Registry, node.Time);
    }

    public IRegistryCommands Commands { get; }

    public void Start()
    {
        _system.ActorOf(RegistryFollowerActor.Props(_node.Registry, _logging), RegistryFollowerActor.Name);
        var writer = new RegistryWriter
        {
            SealKey = _node.SealKey,
            Keys = _node.SealKeys,
            Advanced = advanced => RegistryProxy.Tell(_system, advanced, NodeIdentity.GatewayRole),
            Logging = _logging,
        };
        _writer.SetResult(RegistryProxy.Start(_system, RegistryActor.Props(writer), NodeIdentity.GatewayRole));
    }
}

/// <summary>A node whose registry is not in order knows neither who was let in nor who was shut out.</summary>
sealed class RegistryReadiness(RegistryFollower registry) : IReadiness
{
    public IReadOnlyList<ReadinessCheck> Checks =>
        [registry.Problem is { } problem ? ReadinessCheck.Failed("registry", problem) : ReadinessCheck.Passed("registry")];
}

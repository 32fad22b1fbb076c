using Akka;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using Gateway.Actors.Accept;
using Gateway.Actors.Hosting.Clustering;
using Gateway.Actors.Hosting.Clustering.Crashes;
using Gateway.Actors.Hosting.Clustering.Stability;
using Gateway.Actors.Sessions;
using Gateway.Actors.Tls;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Hosting;

/// <summary>
/// The actors of a node, from the region that holds its sessions to the listeners, and their orderly end: balancers have time to find it unready,
/// listeners stop, sessions finish by themselves for the grace period, the rest are sealed as drained, the node leaves.
/// </summary>
public sealed partial class NodeActors(
    ActorSystem system, NodeIdentity identity, GatewayOptions options, SessionParts parts, NodeConnections connections,
    ILoggerFactory logging)
{
    /// <summary>How long a node may take to stop accepting.</summary>
    static readonly TimeSpan s_stop = TimeSpan.FromSeconds(5);

    /// <summary>How long a session's seal may take once it was told to end.</summary>
    static readonly TimeSpan s_seal = TimeSpan.FromSeconds(10);

    readonly TaskCompletionSource<IActorRef> _sessions = new(TaskCreationOptions.RunContinuationsAsynchronously);
    IActorRef? _listeners;

    /// <summary>Passes while clients should come: while they are accepted and the node is not about to leave.</summary>
    public ReadinessCheck Listening => !IsDraining && _listeners is not null && connections.IsListening
        ? ReadinessCheck.Passed("listeners")
        : ReadinessCheck.Failed("listeners", IsDraining ? "this node is draining" : "this node does not listen yet");

    public bool IsDraining { get; private set; }

    /// <summary>The region, once it has started.</summary>
    public Task<IActorRef> Sessions => _sessions.Task;

    /// <summary>Starts everything; listeners open once the node is a full member of its cluster.</summary>
    public async Task StartAsync(IReadOnlyList<Listener> listeners, IActorRegistry registry)
    {
        var region = await ClusterSharding.Get(system).StartAsync(
            "session",
            id => SessionActor.Props(id, parts),
            ClusterShardingSettings.Create(system).WithRole(NodeIdentity.GatewayRole),
            new SessionExtractor(),
            new RequesterAllocation(),
            PoisonPill.Instance);
        _sessions.SetResult(region);
        registry.Register<SessionExtractor>(region);
        system.ActorOf(SessionSealer.Props(Sealing(region)), "sealer");
        system.ActorOf(CrashWitness.Props(CrashWitnessParts.Of(system, logging)), CrashWitness.Name);
        system.ActorOf(UnrestWatch.Props(system, parts.Time, logging.CreateLogger("Gateway.Cluster")), UnrestWatch.Name);
        system.ActorOf(AcceptedSweeper.Props(parts.Accepted, parts.Slots, parts.Metrics, options.Limits.HandshakeTimeout), "sweeper");
        system.ActorOf(AccessReviewer.Props(parts.Access, parts.LiveAccess, logging), "access-reviewer");
        AddShutdownTasks();
        Cluster.Get(system).RegisterOnMemberUp(() => _ = ListenAsync(listeners, region));
    }

    SessionSealerParts Sealing(IActorRef region) => new()
    {
        Sessions = region,
        Lost = id => SessionActor.Props(id, parts),
        Index = parts.Index,
        Cluster = new SealerView(system),
        Margin = Cluster.Get(system).DowningProvider.DownRemovalMargin,
        Logging = logging,
    };

    async Task ListenAsync(IReadOnlyList<Listener> listeners, IActorRef region)
    {
        try
        {
            // A node whose shards are nobody's yet would let its first clients wait where the node that says whose a shard is has just died.
            await ShardClaim.MakeAsync(region, SessionIds.NewInEachShard(identity.Key, parts.Time), parts.Time, logging);
            if (!IsDraining) Listen(listeners, region);
        }
        catch (Exception fault)
        {
            // Nobody else would hear of it. The node stays unready.
            LogDeaf(logging.CreateLogger("Gateway.Node"), fault);
        }
    }

    [LoggerMessage(403, LogLevel.Critical, "This node cannot listen; end it and start it anew")]
    static partial void LogDeaf(ILogger log, Exception cause);

    void Listen(IReadOnlyList<Listener> listeners, IActorRef region)
    {
        var each = new ListenerParts
        {
            Slots = parts.Slots,
            Addresses = parts.Addresses,
            Accepted = parts.Accepted,
            Metrics = parts.Metrics,
            Logging = logging,
            Probes = parts.Probes,
            Probed = accepted => _ = ProbedAsync(accepted),
            NextSessionId = () => SessionIds.New(identity.Key, parts.Time),
            Open = id => region.Tell(new OpenSession(id)),
        };
        var all = new ListenersParts
        {
            Listener = each,
            NodeKey = identity.Key,
            Wanted = () => connections.Wanted,
            LookAgain = connections.LookAgain,
            Report = connections.Take,
        };
        var actor = system.ActorOf(ListenersActor.Props(listeners, all), ListenersActor.Name);
        _listeners = actor;
        connections.Changed = () => actor.Tell(ListenersActor.Changed.Instance);
        actor.Tell(ListenersActor.Changed.Instance);
        // Who drains meanwhile saw no listeners yet to stop.
        if (IsDraining) system.Stop(actor);
    }

    // The client end judges what it was shown; here nothing is left to tell.
    async Task ProbedAsync(AcceptedConnection accepted)
    {
        using var limit = new CancellationTokenSource(options.Limits.HandshakeTimeout, parts.Time);
        var handshake = await ServerHandshake.SecureAsync(
            accepted, parts.Addresses, parts.Tls, parts.Certificates, parts.Challenges, parts.Revocation, parts.Time, limit.Token);
        if (handshake.Verdict.IsGranted) handshake.Verdict.Value.Dispose();
    }

    void AddShutdownTasks()
    {
        var shutdown = CoordinatedShutdown.Get(system);
        shutdown.AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "give-notice", async () =>
        {
            IsDraining = true;
            // Who was cut off from the cluster has no time to give: others seal its sessions already.
            if (_listeners is not null && shutdown.ShutdownReason is not CoordinatedShutdown.ClusterDowningReason)
                await Task.Delay(options.Node.DrainNotice, parts.Time);
            return Done.Instance;
        });
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceUnbind, "stop-listening", async () =>
        {
            var stopping = _listeners;
            _listeners = null;
            if (stopping is not null) await stopping.GracefulStop(s_stop);
            return Done.Instance;
        });
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceRequestsDone, "drain-sessions", async () =>
        {
            await DrainAsync();
            return Done.Instance;
        });
    }

    async Task DrainAsync()
    {
        if (await FinishAsync(options.Node.DrainGrace)) return;
        var region = await Sessions;
        foreach (var id in parts.Live.Ids)
            region.Tell(new EndSession(id, Protocols.Journal.Ending.Drained, Protocols.Refusal.NodeDraining, "the node is leaving the cluster"));
        await FinishAsync(s_seal);
    }

    /// <summary>True when no session is left within the time.</summary>
    async Task<bool> FinishAsync(TimeSpan within)
    {
        using var limit = new CancellationTokenSource(within, parts.Time);
        try
        {
            await parts.Live.WhenNone(limit.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}

using Akka.Actor;
using Akka.Cluster;
using Akka.Remote;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Hosting.Clustering.Crashes;

/// <summary>
/// Has a node whose process died removed within seconds, where heartbeats alone must be patient: a busy machine is late, a dead process has closed its
/// port. Whoever loses a connection to a member knocks at its port; when that is refused again and again the others are told, look for themselves, and most
/// of them together take it for gone. A host that is gone refuses nothing and is left to the failure detector.
/// </summary>
public sealed partial class CrashWitness : ReceiveActor, IWithTimers
{
    /// <summary>Its name below <c>/user</c> on every gateway.</summary>
    public const string Name = "crash-witness";

    /// <summary>Refusals in a row before anything is believed: a process that starts anew has its port back within less.</summary>
    public const int Knocks = 3;

    static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(400);

    readonly CrashWitnessParts _parts;
    readonly CrashEvidence _evidence;
    readonly Dictionary<UniqueAddress, int> _refusals = [];

    public CrashWitness(CrashWitnessParts parts)
    {
        (_parts, _evidence) = (parts, new(parts.Self));
        Receive<DisassociatedEvent>(lost => Suspect(lost.RemoteAddress));
        Receive<PortRefused>(Hear);
        Receive<Knock>(knock => Begin(knock.Suspect));
        Receive<Knocked>(Judge);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(CrashWitnessParts parts) => Akka.Actor.Props.Create(() => new CrashWitness(parts));

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    void Suspect(Address address)
    {
        if (address.Equals(_parts.Self) || _parts.Sight().Gateway(address) is not { } suspect) return;
        if (_refusals.TryAdd(suspect, 0)) Begin(suspect);
    }

    // A member that does not have the suspect, or has it in another process, says nothing of this one.
    void Hear(PortRefused told)
    {
        var (sight, witness) = (_parts.Sight(), Sender.Path.Address);
        if (sight.Gateway(witness) is null || !Address.TryParse(told.Address, out var address)) return;
        if (sight.Gateway(address) is not { } suspect || suspect.Uid != told.Incarnation || address.Equals(_parts.Self)) return;
        _evidence.Take(suspect, witness);
        Suspect(address);
    }

    void Begin(UniqueAddress suspect) =>
        _parts.IsRefusedAsync(suspect.Address).PipeTo(Self, success: refused => new Knocked(suspect, refused), failure: _ => new Knocked(suspect, false));

    void Judge(Knocked knocked)
    {
        var (suspect, sight) = (knocked.Suspect, _parts.Sight());
        if (!knocked.IsRefused || !suspect.Equals(sight.Gateway(suspect.Address)))
        {
            _refusals.Remove(suspect);
            _evidence.Drop(suspect);
            return;
        }

        if (++_refusals[suspect] >= Knocks)
        {
            if (_refusals[suspect] == Knocks) LogRefused(_parts.Log, suspect.Address);
            _evidence.Take(suspect, _parts.Self);
            foreach (var other in sight.Members.Where(m => m.IsGateway && m.IsReachable && !m.Address.Equals(_parts.Self) && !m.Unique.Equals(suspect)))
                _parts.Tell(other.Address, new PortRefused(suspect.Address.ToString(), suspect.Uid));
            if (_evidence.Proves(suspect, sight))
            {
                LogGone(_parts.Log, suspect.Address);
                _parts.Down(suspect);
            }
        }

        // Until it is removed, or answers: what was said may have been lost.
        Timers.StartSingleTimer(suspect, new Knock(suspect), s_pause);
    }

    [LoggerMessage(420, LogLevel.Information, "The port of {Member} refuses connections; the other nodes are asked whether it does for them")]
    static partial void LogRefused(ILogger log, Address member);

    [LoggerMessage(421, LogLevel.Warning, "The process of {Member} is gone: its port refuses connections, as most nodes see; it is removed")]
    static partial void LogGone(ILogger log, Address member);

    sealed record Knock(UniqueAddress Suspect);

    sealed record Knocked(UniqueAddress Suspect, bool IsRefused);
}

/// <summary>What a witness sees and does.</summary>
/// <param name="Self">This node's address.</param>
/// <param name="Sight">The members now.</param>
/// <param name="IsRefusedAsync">Knocks once.</param>
/// <param name="Tell">Tells the witness of another node.</param>
/// <param name="Down">Has that process of a member removed, now.</param>
/// <param name="Log">Where it is told.</param>
public sealed record CrashWitnessParts(
    Address Self, Func<ClusterSight> Sight, Func<Address, Task<bool>> IsRefusedAsync, Action<Address, PortRefused> Tell, Action<UniqueAddress> Down, ILogger Log)
{
    /// <summary>Those of a running node.</summary>
    public static CrashWitnessParts Of(ActorSystem system, ILoggerFactory logging)
    {
        var cluster = Cluster.Get(system);
        return new(
            cluster.SelfAddress, () => ClusterSight.Of(cluster.State), PortKnock.IsRefusedAsync,
            (node, told) => system.ActorSelection(new RootActorPath(node) / "user" / CrashWitness.Name).Tell(told),
            gone => Remove(system, cluster, gone), logging.CreateLogger("Gateway.Cluster"));
    }

    // One that is down is removed as soon as somebody cannot reach it. To be quarantined counts for that, and so nobody has to wait until heartbeats are
    // missed. What is quarantined is that process: one that is started anew at the address is another.
    static void Remove(ActorSystem system, Cluster cluster, UniqueAddress gone)
    {
        cluster.Down(gone.Address);
        ((IRemoteActorRefProvider)((ExtendedActorSystem)system).Provider).Quarantine(gone.Address, gone.Uid);
    }
}

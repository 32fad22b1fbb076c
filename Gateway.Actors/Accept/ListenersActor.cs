using System.Net;
using Akka.Actor;
using Gateway.Actors.Connections;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Accept;

/// <summary>
/// Opens, changes and closes this node's ports as the connections change. A port that cannot be had is tried again, and nothing else waits for it.
/// </summary>
public sealed partial class ListenersActor : ReceiveActor, IWithTimers
{
    /// <summary>Its name below <c>/user</c> on every node.</summary>
    public const string Name = "listeners";

    static readonly TimeSpan s_retry = TimeSpan.FromSeconds(5);

    readonly IReadOnlyList<Listener> _reserved;
    readonly ListenersParts _parts;
    readonly ILogger _log;
    readonly Dictionary<string, Running> _open = new(StringComparer.Ordinal);
    readonly Dictionary<string, string> _problems = new(StringComparer.Ordinal);
    IReadOnlyList<WantedListener> _wanted = [];

    public ListenersActor(IReadOnlyList<Listener> reserved, ListenersParts parts)
    {
        (_reserved, _parts, _log) = (reserved, parts, parts.Listener.Logging.CreateLogger("Gateway.Listeners"));
        Receive<Changed>(_ => Reconcile());
        Receive<Retry>(_ =>
        {
            _parts.LookAgain();
            Reconcile();
        });
        Receive<Terminated>(stopped => Stopped(stopped.ActorRef));
        Receive<ShowListeners>(show => Sender.Tell(Shown(show.Connection)));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="reserved">Ports that are reserved already, one per connection of the node's file.</param>
    /// <param name="parts">What listeners need.</param>
    public static Props Props(IReadOnlyList<Listener> reserved, ListenersParts parts) => Akka.Actor.Props.Create(() => new ListenersActor(reserved, parts));

    protected override void PreStart()
    {
        foreach (var listener in _reserved) Listen(listener);
        Begin();
    }

    // What was reserved was opened, and closed, by the one before.
    protected override void PostRestart(Exception reason) => Begin();

    protected override SupervisorStrategy SupervisorStrategy() => Akka.Actor.SupervisorStrategy.StoppingStrategy;

    void Begin()
    {
        Timers.StartPeriodicTimer(Retry.Instance, Retry.Instance, s_retry);
        Reconcile();
    }

    void Reconcile()
    {
        _wanted = _parts.Wanted();
        var plan = ListenersPlan.Of(_open.ToDictionary(o => o.Key, o => new OpenListener(o.Value.Profile, o.Value.IsStopping)), _wanted);
        foreach (var profile in plan.Swap) Swap(profile);
        foreach (var name in plan.Stop) Stop(name);
        foreach (var gone in _problems.Keys.Where(name => !_wanted.Any(w => w.Name == name)).ToArray()) _problems.Remove(gone);
        foreach (var profile in plan.Open) Open(profile);
        _parts.Report([.. _wanted.Select(w => Shown(w.Name))], _open.Where(o => !o.Value.IsStopping).ToDictionary(o => o.Key, o => o.Value.Address));
    }

    void Swap(ConnectionProfile profile)
    {
        var running = _open[profile.Name];
        _open[profile.Name] = running with { Profile = profile };
        running.Actor.Tell(new ListenerActor.UseProfile(profile));
    }

    void Stop(string name)
    {
        _open[name] = _open[name] with { IsStopping = true };
        Context.Stop(_open[name].Actor);
    }

    void Open(ConnectionProfile profile)
    {
        if (Listener.TryReserve(profile, out var problem) is { } listener)
        {
            _problems.Remove(profile.Name);
            Listen(listener);
            return;
        }

        if (_problems.GetValueOrDefault(profile.Name) != problem) Log.NotOpened(_log, profile.Name, problem!);
        _problems[profile.Name] = problem!;
    }

    void Listen(Listener listener)
    {
        listener.Listen();
        var actor = Context.ActorOf(ListenerActor.Props(listener, _parts.Listener));
        Context.Watch(actor);
        _open[listener.Profile.Name] = new Running(actor, listener.Profile, listener.Address, IsStopping: false);
    }

    // A listener that failed by itself is opened anew, like one that was told to stop and is wanted again.
    void Stopped(IActorRef actor)
    {
        if (_open.FirstOrDefault(o => o.Value.Actor.Equals(actor)) is not { Key: { } name }) return;
        _open.Remove(name);
        Reconcile();
    }

    ListenersShown Shown(string connection)
    {
        var wanted = _wanted.FirstOrDefault(w => w.Name == connection);
        var isOpen = _open.TryGetValue(connection, out var running) && !running.IsStopping;
        var problem = wanted is null ? "this node does not know it yet" : wanted.Problem ?? _problems.GetValueOrDefault(connection) ?? (isOpen ? "" : "is being opened");
        return new(_parts.NodeKey, connection, wanted?.Revision ?? 0, isOpen ? running!.Address.ToString() : "", problem);
    }

    /// <summary>What is wanted has changed.</summary>
    public sealed record Changed
    {
        public static readonly Changed Instance = new();
    }

    sealed record Running(IActorRef Actor, ConnectionProfile Profile, IPEndPoint Address, bool IsStopping);

    sealed record Retry
    {
        public static readonly Retry Instance = new();
    }

    static partial class Log
    {
        [LoggerMessage(203, LogLevel.Error, "Connection {Connection} {Problem}")]
        public static partial void NotOpened(ILogger log, string connection, string problem);
    }
}

/// <summary>What a node's listeners need.</summary>
public sealed record ListenersParts
{
    public required ListenerParts Listener { get; init; }

    public required string NodeKey { get; init; }

    /// <summary>What is to be listened for, at any moment.</summary>
    public required Func<IReadOnlyList<WantedListener>> Wanted { get; init; }

    /// <summary>Called from time to time: whether what was wrong with a connection may be right by now.</summary>
    public required Action LookAgain { get; init; }

    /// <summary>Takes how every connection is served, and the addresses that are open.</summary>
    public required Action<IReadOnlyList<ListenersShown>, IReadOnlyDictionary<string, IPEndPoint>> Report { get; init; }
}

using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using Gateway.Actors.Record;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Registry;

/// <summary>Has this node's <see cref="RegistryFollower"/> read whenever the writer says that there is something new, and every second in case it did not.</summary>
[SuppressMessage("Design", "CA1001", Justification = "An actor is disposed of by PostStop.")]
public sealed class RegistryFollowerActor : ReceiveActor, IWithTimers
{
    /// <summary>Its name below <c>/user</c> on every node.</summary>
    public const string Name = "registry-follower";

    /// <summary>The longest that a change goes unnoticed while the journal answers.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Before a record that is not in order is read again from its beginning.</summary>
    static readonly TimeSpan s_pause = TimeSpan.FromSeconds(10);

    readonly RegistryFollower _follower;
    readonly ILogger _log;
    readonly CancellationTokenSource _stopped = new();
    string? _told;
    bool _isReading;
    bool _readAgain;

    public RegistryFollowerActor(RegistryFollower follower, ILoggerFactory logging)
    {
        (_follower, _log) = (follower, logging.CreateLogger("Gateway.Registry"));
        Receive<RegistryAdvanced>(advanced =>
        {
            if (advanced.Revision > follower.Current.Revision) Read();
        });
        Receive<Tick>(_ => Read());
        Receive<Ended>(ended => End(ended.Fault));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(RegistryFollower follower, ILoggerFactory logging) =>
        Akka.Actor.Props.Create(() => new RegistryFollowerActor(follower, logging));

    protected override void PreStart() => Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, Interval);

    protected override void PostStop()
    {
        _stopped.Cancel();
        _stopped.Dispose();
    }

    void Read()
    {
        _readAgain = _isReading;
        if (_isReading) return;
        _isReading = true;
        _follower.ReadAsync(_stopped.Token).PipeTo(Self, success: () => new Ended(null), failure: fault => new Ended(fault));
    }

    void End(Exception? fault)
    {
        _isReading = false;
        Tell(fault);
        if (fault is InvalidDataException) Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, s_pause);
        else if (_told is not null && fault is null) Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, Interval);
        if (fault is null) _told = null;
        if (_readAgain && fault is null) Read();
    }

    // Once per fault: it comes back with every reading.
    void Tell(Exception? fault)
    {
        if (fault is null or OperationCanceledException || fault.Message == _told) return;
        _told = fault.Message;
        if (fault is JournalUnavailableException) RegistryLog.Unavailable(_log, fault.Message);
        else RegistryLog.NotInOrder(_log, fault, fault.Message);
    }

    sealed record Tick
    {
        public static readonly Tick Instance = new();
    }

    sealed record Ended(Exception? Fault);
}

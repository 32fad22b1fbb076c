using Akka.Actor;
using Gateway.Actors.Record;
using Gateway.Actors.Sessions;
using Gateway.Protocols.Journal;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Hosting;

/// <summary>Enters sessions that ended into the ledger: on one node of the cluster at a time, about each second, a page at a time.</summary>
public sealed partial class LedgerKeeper : ReceiveActor, IWithTimers
{
    /// <summary>How long a session that ended may wait: what is deleted before it is entered is missed by nobody.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    static readonly TimeSpan s_afterFault = TimeSpan.FromSeconds(10);

    readonly LedgerParts _parts;
    readonly ILogger _log;

    public LedgerKeeper(LedgerParts parts)
    {
        (_parts, _log) = (parts, parts.Logging.CreateLogger("Gateway.Ledger"));
        Receive<Turn>(_ => Begin());
        Receive<Entered>(End);
        Timers.StartSingleTimer("turn", Turn.Instance, Interval);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(LedgerParts parts) => Akka.Actor.Props.Create(() => new LedgerKeeper(parts));

    void Begin()
    {
        if (_parts.Cluster.IsResponsible) EnterAsync().PipeTo(Self, failure: fault => new Entered(0, fault));
        else Timers.StartSingleTimer("turn", Turn.Instance, Interval);
    }

    void End(Entered entered)
    {
        if (entered.Fault is { } fault) NotEntered(fault);
        var wait = entered.Fault is not null ? s_afterFault : entered.Sessions == LedgerPage.MostEntries ? TimeSpan.Zero : Interval;
        Timers.StartSingleTimer("turn", Turn.Instance, wait);
    }

    async Task<Entered> EnterAsync()
    {
        var due = await _parts.Ledger.DueAsync(CancellationToken.None);
        if (due.Count == 0) return new Entered(0, null);
        var newest = await _parts.Ledger.NewestAsync(CancellationToken.None);
        var frontier = newest is null ? new MerkleFrontier() : new MerkleFrontier(newest.Head.Size, newest.Peaks);
        // Whoever changed the newest page would otherwise have it continued in good faith.
        if (newest is not null && !frontier.Root().AsSpan().SequenceEqual(newest.Head.Root.Span))
            throw new InvalidDataException("The newest page of the ledger does not have the root that it says; verify the ledger: gateway ledger verify");
        var page = LedgerPage.Append(frontier, due, _parts.Now(), _parts.SealKey.Id, _parts.SealKey.Sign);
        await _parts.Ledger.AppendAsync(await _parts.Ledger.CountAsync(CancellationToken.None) + 1, page, CancellationToken.None);
        return new Entered(due.Count, null);
    }

    [LoggerMessage(132, LogLevel.Warning, "Sessions that ended cannot be entered into the ledger now")]
    partial void NotEntered(Exception cause);

    sealed record Turn
    {
        public static readonly Turn Instance = new();
    }

    sealed record Entered(int Sessions, Exception? Fault);
}

/// <summary>What <see cref="LedgerKeeper"/> works with.</summary>
public sealed record LedgerParts(ISealerView Cluster, SqlLedger Ledger, SealKey SealKey, Func<long> Now, ILoggerFactory Logging);

using System.Data.Common;
using Akka.Actor;
using Gateway.Actors.Record;
using Gateway.Actors.Sessions;
using Gateway.Protocols.Journal;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Hosting.Events;

/// <summary>
/// Tells one outlet what the journal holds, a batch after the other, and goes on to the next when the outlet has taken the last. How far it came lies beside
/// the journal, so that another node goes on from there: what it was told in between it is told again.
/// </summary>
public sealed partial class OutletKeeper
{
    /// <summary>How often it looks for what is new.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>How long an outlet may take for a batch. Origin: what a webhook's server is commonly given.</summary>
    static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    /// <summary>How long a transaction may keep events from being told. Origin: those that write to the journal take well below a second.</summary>
    static readonly TimeSpan s_held = TimeSpan.FromMinutes(1);

    readonly OutletParts _parts;
    readonly ILogger _log;
    readonly JournalHorizon _horizon = new();
    string? _told;
    int _failures;
    (long Since, TimeSpan For) _pause;

    OutletKeeper(OutletParts parts) => (_parts, _log) = (parts, parts.Logging.CreateLogger("Gateway.Events"));

    public static Props Props(OutletParts parts)
    {
        var keeper = new OutletKeeper(parts);
        return ClusterChore.Props(new ChoreTerms(parts.Cluster, keeper.TellAsync, Interval, Interval, keeper.Broken));
    }

    /// <summary>True: there is more, at once.</summary>
    async Task<bool> TellAsync()
    {
        if (_parts.Time.GetElapsedTime(_pause.Since) < _pause.For) return false;
        using var limit = new CancellationTokenSource(s_limit, _parts.Time);
        // Read each time: another node may have gone on meanwhile.
        var position = await _parts.Feed.PositionAsync(_parts.Name, limit.Token);
        if (position >= _horizon.Settled) _horizon.Take(await _parts.Feed.MarkAsync(limit.Token), _parts.Time.GetUtcNow());
        if (position >= _horizon.Settled)
        {
            if (_horizon.HeldSince is { } since && _parts.Time.GetUtcNow() - since > s_held) Held(since);
            else Arrived();
            return false;
        }

        var (rows, until) = await _parts.Feed.ReadAsync(position, _horizon.Settled, _parts.BatchSize, limit.Token);
        if (rows.Count > 0 && !await SendAsync(rows, limit.Token)) return false;
        await _parts.Feed.AdvanceAsync(_parts.Name, until, limit.Token);
        return until < _horizon.Settled;
    }

    async Task<bool> SendAsync(IReadOnlyList<JournalRow> rows, CancellationToken cancel)
    {
        var ids = rows.Select(row => row.PersistenceId).Where(id => id != RegistrySeal.PersistenceId).Distinct().ToArray();
        var sessions = await _parts.Feed.SessionsAsync(ids, cancel);
        var batch = rows.Select(row => EventTranslation.Of(row, sessions.GetValueOrDefault(row.PersistenceId))).ToArray();
        int rejected;
        try
        {
            rejected = await _parts.Outlet.SendAsync(batch, cancel);
        }
        catch (OutletException e)
        {
            Failed(e.Message, e.RetryAfter, batch[0].At);
            if (IsNew(e.Message)) NotTaken(_parts.Name, e.Message);
            return false;
        }

        _parts.State.Took(_parts.Name, batch.Length - rejected);
        if (rejected > 0) Rejected(rejected, batch);
        Arrived();
        return true;
    }

    void Rejected(int count, AuditEvent[] batch)
    {
        _parts.State.Rejected(_parts.Name);
        NotAccepted(_parts.Name, count, batch.Length, batch[0].Id, batch[^1].Id);
    }

    void Arrived()
    {
        if (_told is not null) Works(_parts.Name);
        (_told, _failures, _pause) = (null, 0, default);
        _parts.State.IsWell(_parts.Name);
    }

    void Failed(string problem, TimeSpan? retryAfter, long? oldest)
    {
        _failures++;
        _pause = (_parts.Time.GetTimestamp(), OutletBackoff.After(_failures, retryAfter));
        _parts.State.Failed(_parts.Name, problem, oldest);
    }

    // The journal, or a defect.
    void Broken(Exception cause)
    {
        const string Unread = "the journal cannot be read";
        var isUnread = cause is DbException or TimeoutException or OperationCanceledException;
        Failed(isUnread ? Unread : "see the log", null, null);
        if (IsNew(isUnread ? Unread : cause.Message)) NotTold(cause, _parts.Name);
    }

    // Neither the outlet's doing nor the journal's: somebody began to write there, and does not end.
    void Held(DateTimeOffset since)
    {
        const string Problem = "a transaction on the journal does not end";
        _parts.State.Waits(_parts.Name, Problem, UnixMicros.Of(since));
        if (IsNew(Problem)) NotSettled(_parts.Name);
    }

    // Each problem is logged once until all is well again, or another takes its place; the metric counts the others.
    bool IsNew(string problem)
    {
        if (problem == _told) return false;
        _told = problem;
        return true;
    }

    [LoggerMessage(140, LogLevel.Warning, "Outlet {Outlet} does not take events, and is tried again: {Problem}")]
    partial void NotTaken(string outlet, string problem);

    [LoggerMessage(141, LogLevel.Information, "Outlet {Outlet} takes events again")]
    partial void Works(string outlet);

    [LoggerMessage(142, LogLevel.Warning, "Events for outlet {Outlet} cannot be read or made now")]
    partial void NotTold(Exception cause, string outlet);

    [LoggerMessage(144, LogLevel.Warning,
        "Outlet {Outlet} rejects {Count} of the {Events} events from {First} to {Last}, which are not told again")]
    partial void NotAccepted(string outlet, int count, int events, string first, string last);

    [LoggerMessage(143, LogLevel.Warning, "Events for outlet {Outlet} wait for a transaction on the journal that does not end: see pg_locks and pg_stat_activity")]
    partial void NotSettled(string outlet);
}

/// <summary>What <see cref="OutletKeeper"/> works with.</summary>
public sealed record OutletParts(
    ISealerView Cluster, string Name, int BatchSize, IEventOutlet Outlet, SqlEventFeed Feed, OutletStates State, TimeProvider Time, ILoggerFactory Logging);

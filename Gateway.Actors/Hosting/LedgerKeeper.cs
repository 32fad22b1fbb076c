using Akka.Actor;
using Gateway.Actors.Record;
using Gateway.Actors.Sessions;
using Gateway.Protocols.Journal;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Hosting;

/// <summary>Enters sessions that ended into the ledger, a page at a time.</summary>
public sealed partial class LedgerKeeper
{
    /// <summary>How long a session that ended may wait: what is deleted before it is entered is missed by nobody.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>How long the last event of a session may still be under way to the journal. Origin: the journal's own limit is 10 s.</summary>
    static readonly TimeSpan s_writing = TimeSpan.FromMinutes(1);

    static readonly TimeSpan s_afterFault = TimeSpan.FromSeconds(10);

    readonly LedgerParts _parts;
    readonly ILogger _log;

    // Since when they were seen without their last event, by the monotonic clock: the time of their end is by another node's clock.
    Dictionary<string, long> _awaited = new(StringComparer.Ordinal);

    LedgerKeeper(LedgerParts parts) => (_parts, _log) = (parts, parts.Logging.CreateLogger("Gateway.Ledger"));

    public static Props Props(LedgerParts parts)
    {
        var keeper = new LedgerKeeper(parts);
        return ClusterChore.Props(new ChoreTerms(parts.Cluster, keeper.EnterAsync, Interval, s_afterFault, keeper.NotEntered));
    }

    /// <summary>True when the page was full: there may be more.</summary>
    async Task<bool> EnterAsync()
    {
        var due = Complete(await _parts.Ledger.DueAsync(CancellationToken.None));
        if (due.Count == 0) return false;
        var (number, newest) = await _parts.Ledger.NewestAsync(CancellationToken.None);
        var frontier = newest is null ? new MerkleFrontier() : new MerkleFrontier(newest.Head.Size, newest.Peaks);
        // Whoever changed the newest page would otherwise have it continued in good faith.
        if (newest is not null && !frontier.Root().AsSpan().SequenceEqual(newest.Head.Root.Span))
            throw new InvalidDataException("The newest page of the ledger does not have the root that it says; verify the ledger: gateway ledger verify");
        var page = LedgerPage.Append(frontier, due, UnixMicros.Of(_parts.Time.GetUtcNow()), _parts.SealKey.Id, _parts.SealKey.Sign);
        await _parts.Ledger.AppendAsync(number + 1, page, CancellationToken.None);
        return due.Count == LedgerPage.MostEntries;
    }

    /// <summary>Those whose last event is in the journal, or is not to be expected any more.</summary>
    List<LedgerEntry> Complete(IReadOnlyList<LedgerEntry> due)
    {
        var awaited = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var entry in due.Where(entry => !entry.HasChain))
            awaited[entry.SessionId] = _awaited.GetValueOrDefault(entry.SessionId, _parts.Time.GetTimestamp());
        _awaited = awaited;
        return [.. due.Where(entry => entry.HasChain || _parts.Time.GetElapsedTime(awaited[entry.SessionId]) >= s_writing)];
    }

    [LoggerMessage(132, LogLevel.Warning, "Sessions that ended cannot be entered into the ledger now")]
    partial void NotEntered(Exception cause);
}

/// <summary>What <see cref="LedgerKeeper"/> works with.</summary>
public sealed record LedgerParts(ISealerView Cluster, SqlLedger Ledger, SealKey SealKey, TimeProvider Time, ILoggerFactory Logging);

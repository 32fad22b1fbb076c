using Akka.Actor;
using Gateway.Actors.Connections;
using Gateway.Actors.Record;
using Gateway.Actors.Registry;
using Gateway.Actors.Sessions;
using Gateway.Protocols.Journal;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Hosting;

/// <summary>
/// Removes recordings whose retention is over, a batch of one connection after the other, each an act of the record before it is done. What is under legal
/// hold stays.
/// </summary>
public sealed partial class RecordingKeeper
{
    /// <summary>How often it looks. Origin: retention is counted in days.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    readonly KeeperParts _parts;
    readonly ILogger _log;

    RecordingKeeper(KeeperParts parts) => (_parts, _log) = (parts, parts.Logging.CreateLogger("Gateway.Retention"));

    public static Props Props(KeeperParts parts)
    {
        var keeper = new RecordingKeeper(parts);
        return ClusterChore.Props(new ChoreTerms(parts.Cluster, keeper.LookAsync, Interval, Interval, keeper.NotRemoved));
    }

    /// <summary>False: nothing is left to do.</summary>
    async Task<bool> LookAsync()
    {
        var (now, removed) = (_parts.Now(), 0);
        foreach (var profile in _parts.Connections())
        {
            if (profile.Recording.Retention is { } retention) removed += await ExpireAsync(profile, now, UnixMicros.Of(now - retention));
        }

        if (removed > 0) Removed(removed);
        return false;
    }

    async Task<int> ExpireAsync(ConnectionProfile profile, DateTimeOffset now, long before)
    {
        var (removed, held) = (0, 0);
        while (await _parts.Expired.FindAsync(profile.Name, before, held, EventLimits.ExpiredSessions, CancellationToken.None) is { Count: > 0 } found)
        {
            var due = found.Where(id => !_parts.Registry.Current.Holds.ContainsKey(id)).ToArray();
            held += found.Count - due.Length;
            if (due.Length == 0) continue;
            var answer = await _parts.Commands.ChangeAsync([Act(profile, now, before, due)], null, CancellationToken.None);
            // A hold that came in between is seen at the next look.
            if (!answer.IsDone) throw new InvalidOperationException($"The end of retention could not be recorded: {answer.Detail}");
            foreach (var id in due) await _parts.Expired.RemoveAsync(id, CancellationToken.None);
            removed += due.Length;
        }

        return removed;
    }

    RecordingsExpired Act(ConnectionProfile profile, DateTimeOffset now, long before, IReadOnlyList<string> sessions) => new()
    {
        Act = Protocols.Journal.Act.OfGateway("retention", UnixMicros.Of(now), _parts.NodeKey),
        Connection = profile.Name,
        Before = before,
        Sessions = sessions,
    };

    [LoggerMessage(130, LogLevel.Information, "{Sessions} recordings are removed: their retention is over")]
    partial void Removed(int sessions);

    [LoggerMessage(131, LogLevel.Warning, "Recordings whose retention is over cannot be removed now")]
    partial void NotRemoved(Exception cause);
}

/// <summary>What <see cref="RecordingKeeper"/> works with.</summary>
public sealed record KeeperParts(
    ISealerView Cluster, Func<IReadOnlyList<ConnectionProfile>> Connections, ExpiredRecordings Expired, IRegistry Registry, IRegistryCommands Commands,
    string NodeKey, Func<DateTimeOffset> Now, ILoggerFactory Logging);

using System.Runtime.CompilerServices;
using Gateway.Actors.Record;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Replay;

/// <summary>Asks an archive for more sessions than one answer holds.</summary>
public static class SessionPages
{
    /// <summary>Sessions of one answer.</summary>
    public const int Page = 1000;

    /// <summary>
    /// Every matching session, newest first, at most as many as the filter says. Pages overlap in the instant at which they meet, so that
    /// no session of that instant is missed.
    /// </summary>
    public static async IAsyncEnumerable<SessionRow> AllAsync(
        ISessionArchive archive, SessionFilter filter, [EnumeratorCancellation] CancellationToken cancel)
    {
        var left = filter.Most;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (left > 0)
        {
            var most = Math.Min(Page, left + seen.Count);
            var page = await archive.ListAsync(filter with { Most = most }, cancel);
            var fresh = page.Where(row => !seen.Contains(row.SessionId)).Take(left).ToList();
            foreach (var row in fresh) yield return row;
            left -= fresh.Count;
            if (page.Count < most || left == 0) yield break;
            var last = page[^1].StartedAt;
            if (page[0].StartedAt == last)
                throw new InvalidDataException($"more than {most} sessions started at {UnixMicros.Time(last):O}; narrow the filter");
            seen = [.. page.Where(row => row.StartedAt == last).Select(row => row.SessionId)];
            filter = filter with { Before = last + 1 };
        }
    }
}

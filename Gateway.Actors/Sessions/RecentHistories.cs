using Gateway.Actors.Record;

namespace Gateway.Actors.Sessions;

/// <summary>
/// What the index answered within the last minute about subjects that come again and again, for whom it has most to read. Of the others a minute may make a
/// habit, and few rows are read. Safe for use from several threads.
/// </summary>
sealed class RecentHistories(TimeProvider time)
{
    /// <summary>Histories that are kept. Origin: of a few hundred bytes each, below a few MiB.</summary>
    const int Most = 4096;

    /// <summary>One with more fingerprints is asked for each time, and not kept.</summary>
    const int MostFingerprints = 16;

    /// <summary>Sessions from which on a history is kept. Origin: with a tenth of what is looked at, a question costs a sixth of a millisecond.</summary>
    const int Often = SessionHistory.MostFingerprinted / 10;

    static readonly TimeSpan s_fresh = TimeSpan.FromMinutes(1);

    readonly Lock _lock = new();
    readonly Dictionary<(string Subject, string Connection), (SessionHistory History, long At)> _known = [];

    public SessionHistory? Find(string subject, string connection)
    {
        lock (_lock)
        {
            return _known.TryGetValue((subject, connection), out var known) && time.GetElapsedTime(known.At) <= s_fresh ? known.History : null;
        }
    }

    /// <summary>Keeps what the index answered, and that the subject came with this fingerprint now.</summary>
    public void Keep(string subject, string connection, SessionHistory history, string? ja4)
    {
        if (history.Fingerprints.Count >= MostFingerprints || history.Fingerprints.Values.Sum() < Often) return;
        var known = ja4 is null || history.Fingerprints.ContainsKey(ja4)
            ? history
            : history with { Fingerprints = new Dictionary<string, long>(history.Fingerprints) { [ja4] = 1 } };
        lock (_lock)
        {
            if (_known.Count >= Most) _known.Clear();
            _known[(subject, connection)] = (known, time.GetTimestamp());
        }
    }
}

using Gateway.Actors.Hosting;
using Gateway.Actors.Identify;
using Gateway.Actors.Legs;

namespace Gateway.Actors.Authorize;

/// <summary>
/// What one subject may cost this node over all its sessions: how many there are, and how many bytes pass in them each second. Keeps in mind only who has
/// a session. Safe for use from several threads.
/// </summary>
public sealed class SubjectLimits(LimitOptions limits, TimeProvider time)
{
    readonly Dictionary<(string Issuer, string Name), Entry> _entries = [];
    readonly Lock _lock = new();

    /// <summary>A place for one more session; null where the subject has all it may have.</summary>
    public SubjectShare? TryEnter(Subject subject)
    {
        var key = (subject.Issuer, subject.Name);
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out var entry))
            {
                var rate = limits.BytesPerSecondPerSubject;
                _entries.Add(key, entry = new Entry(rate == 0 ? null : new TokenBucket(rate, rate, time)));
            }

            if (limits.SessionsPerSubject > 0 && entry.Sessions >= limits.SessionsPerSubject) return null;
            entry.Sessions++;
            return new SubjectShare(entry.Bytes, () => Leave(key, entry));
        }
    }

    void Leave((string, string) key, Entry entry)
    {
        lock (_lock)
        {
            if (--entry.Sessions == 0) _entries.Remove(key);
        }
    }

    sealed class Entry(TokenBucket? bytes)
    {
        public TokenBucket? Bytes => bytes;

        public int Sessions { get; set; }
    }
}

/// <summary>A session's place among those of its subject, given back when it is disposed of.</summary>
/// <param name="bytes">What all of them draw from; null: as much as they like.</param>
/// <param name="leave">Called once.</param>
public sealed class SubjectShare(TokenBucket? bytes, Action leave) : IDisposable
{
    Action? _leave = leave;

    public TokenBucket? Bytes => bytes;

    public void Dispose() => Interlocked.Exchange(ref _leave, null)?.Invoke();
}

using System.Runtime.CompilerServices;
using Gateway.Actors.Connections;
using Gateway.Actors.Legs;
using Gateway.Protocols;

namespace Gateway.Actors.Authorize;

/// <summary>
/// What one subject may produce and consume each second over all its sessions of one connection on this node. A subject that owes is kept in mind when its
/// last session ends, so that coming again pays for nothing. The table is bounded. Safe for use from several threads.
/// </summary>
public sealed class SubjectRates(TimeProvider time)
{
    /// <summary>Subjects of a connection at once. Origin: about 20 MB; those beyond share what one may have.</summary>
    public const int Most = 65_536;

    static readonly TimeSpan s_sweep = TimeSpan.FromSeconds(10);

    /// <summary>By the profile itself: a connection that was changed has other rates, and one that is gone is forgotten.</summary>
    readonly ConditionalWeakTable<ConnectionProfile, Subjects> _connections = [];

    /// <summary>Where the sessions of a subject draw from; null where the connection has no rates.</summary>
    public RateShare? Enter(ConnectionProfile profile, string issuer, string subject)
    {
        if (!profile.Kafka.HasRates) return null;
        return _connections.GetValue(profile, known => new Subjects(known.Kafka, time)).Enter((issuer, subject));
    }

    /// <summary>Subjects of a connection that are kept in mind.</summary>
    public int CountOf(ConnectionProfile profile) => _connections.TryGetValue(profile, out var subjects) ? subjects.Count : 0;

    sealed class Subjects(KafkaLimits limits, TimeProvider time)
    {
        static readonly (string, string) s_beyond = ("", "");

        readonly Dictionary<(string, string), Entry> _entries = [];
        readonly Lock _lock = new();
        long _swept = time.GetTimestamp();

        public int Count
        {
            get
            {
                lock (_lock) return _entries.Count;
            }
        }

        public RateShare Enter((string Issuer, string Name) subject)
        {
            lock (_lock)
            {
                Sweep();
                var key = _entries.ContainsKey(subject) || _entries.Count < Most ? subject : s_beyond;
                if (!_entries.TryGetValue(key, out var entry))
                    _entries.Add(key, entry = new Entry(Bucket(limits.ProduceBytesPerSecond), Bucket(limits.FetchBytesPerSecond)));
                entry.Sessions++;
                return new RateShare(entry.Produced, entry.Consumed, () => Leave(key, entry));
            }
        }

        void Leave((string, string) key, Entry entry)
        {
            lock (_lock)
            {
                if (--entry.Sessions == 0 && entry.IsPaid) _entries.Remove(key);
            }
        }

        void Sweep()
        {
            if (time.GetElapsedTime(_swept) < s_sweep) return;
            _swept = time.GetTimestamp();
            foreach (var (key, entry) in _entries)
            {
                if (entry.Sessions == 0 && entry.IsPaid) _entries.Remove(key);
            }
        }

        // What comes back in a second may be taken at once.
        TokenBucket? Bucket(int? perSecond) => perSecond is { } rate ? new TokenBucket(rate, rate, time) : null;
    }

    sealed class Entry(TokenBucket? produced, TokenBucket? consumed)
    {
        public TokenBucket? Produced => produced;

        public TokenBucket? Consumed => consumed;

        public int Sessions { get; set; }

        public bool IsPaid => produced?.IsFull != false && consumed?.IsFull != false;
    }
}

/// <summary>What a session draws from, together with the others of its subject; given back when it is disposed of.</summary>
/// <param name="produced">Null: as much as there is.</param>
/// <param name="consumed">Null: as much as there is.</param>
/// <param name="leave">Called once.</param>
public sealed class RateShare(IByteBudget? produced, IByteBudget? consumed, Action leave) : IDisposable
{
    Action? _leave = leave;

    public IByteBudget? Produced => produced;

    public IByteBudget? Consumed => consumed;

    public void Dispose() => Interlocked.Exchange(ref _leave, null)?.Invoke();
}

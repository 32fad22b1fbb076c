using System.Net;
using Gateway.Actors.Hosting;
using Gateway.Actors.Legs;

namespace Gateway.Actors.Accept;

/// <summary>
/// What one client address may cost this node: connections each second, in the handshake or login phase, and in all. A /64 of IPv6 counts as one address.
/// The table is bounded, however many addresses an attacker has. Safe for use from several threads.
/// </summary>
public sealed class AddressLimits(LimitOptions limits, TimeProvider time)
{
    /// <summary>Addresses at once. Origin: about 20 MB; those beyond share what one may cost.</summary>
    public const int Most = 65_536;

    /// <summary>How often it is said that an address is refused, and how often the table is looked through for what may go.</summary>
    static readonly TimeSpan s_often = TimeSpan.FromMinutes(1);

    static readonly TimeSpan s_sweep = TimeSpan.FromSeconds(1);

    readonly Dictionary<IPAddress, Entry> _entries = [];
    readonly Lock _lock = new();
    long? _swept;

    /// <summary>Addresses that are kept in mind.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _entries.Count;
        }
    }

    /// <summary>A place for one more connection from there; null where it has all it may have.</summary>
    /// <param name="address">The client's.</param>
    /// <param name="isTold">True when it is the first time in a while that it is refused, which is worth a line in the log.</param>
    public AddressShare? TryEnter(IPAddress address, out bool isTold)
    {
        isTold = false;
        lock (_lock)
        {
            var entry = Find(PeerAddress.Network(address));
            // In this order: a connection that has no place is a knock all the same.
            if (entry.Knocks?.TryTake() != false && Within(entry.Handshakes, limits.HandshakesPerAddress) && Within(entry.Connections, limits.SessionsPerAddress))
            {
                entry.Handshakes++;
                entry.Connections++;
                return new AddressShare(this, entry);
            }

            var now = time.GetTimestamp();
            isTold = entry.Told is not { } told || time.GetElapsedTime(told, now) >= s_often;
            if (isTold) entry.Told = now;
            return null;
        }
    }

    internal void EndHandshake(Entry entry)
    {
        lock (_lock) entry.Handshakes--;
    }

    internal void Leave(Entry entry)
    {
        lock (_lock)
        {
            entry.Connections--;
            if (entry.IsIdle) _entries.Remove(entry.Address);
        }
    }

    Entry Find(IPAddress address)
    {
        if (_entries.TryGetValue(address, out var known)) return known;
        if (_entries.Count >= Most) Sweep();
        var key = _entries.Count >= Most ? IPAddress.None : address;
        if (_entries.TryGetValue(key, out var shared)) return shared;
        // A burst of two seconds: a browser, or a fleet behind one address, opens several connections at a time.
        var rate = limits.ConnectionsPerSecondPerAddress;
        var entry = new Entry(key, rate == 0 ? null : new TokenBucket(rate, 2.0 * rate, time));
        _entries.Add(key, entry);
        return entry;
    }

    void Sweep()
    {
        var now = time.GetTimestamp();
        if (_swept is { } last && time.GetElapsedTime(last, now) < s_sweep) return;
        _swept = now;
        foreach (var idle in _entries.Values.Where(entry => entry.IsIdle).ToArray()) _entries.Remove(idle.Address);
    }

    static bool Within(int count, int most) => most == 0 || count < most;

    internal sealed class Entry(IPAddress address, TokenBucket? knocks)
    {
        public IPAddress Address => address;

        public TokenBucket? Knocks => knocks;

        public int Handshakes { get; set; }

        public int Connections { get; set; }

        public long? Told { get; set; }

        /// <summary>Nothing would be different without it.</summary>
        public bool IsIdle => Connections == 0 && knocks?.IsFull != false;
    }
}

/// <summary>A connection's place among those of its address, given back when it is disposed of.</summary>
public sealed class AddressShare : IDisposable
{
    readonly AddressLimits _limits;
    readonly AddressLimits.Entry _entry;
    int _handshakeOver;
    int _left;

    internal AddressShare(AddressLimits limits, AddressLimits.Entry entry) => (_limits, _entry) = (limits, entry);

    /// <summary>The client is known, or sent away.</summary>
    public void EndHandshake()
    {
        if (Interlocked.Exchange(ref _handshakeOver, 1) == 0) _limits.EndHandshake(_entry);
    }

    public void Dispose()
    {
        EndHandshake();
        if (Interlocked.Exchange(ref _left, 1) == 0) _limits.Leave(_entry);
    }
}

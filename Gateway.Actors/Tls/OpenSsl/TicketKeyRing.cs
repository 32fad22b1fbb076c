namespace Gateway.Actors.Tls.OpenSsl;

/// <summary>
/// The ticket keys of one node. The first seals new tickets, the others still open those of the hour before, and of a node whose clock is
/// ahead. A client can resume on every node that has the same keys: derived ones, those that operators share, or, without either, the node's own,
/// replaced by the clock. Safe for use from several threads.
/// </summary>
public sealed class TicketKeyRing
{
    /// <summary>Origin: RFC 9325 section 3.4, replace keys often, at least weekly; an hour keeps what a stolen key opens small.</summary>
    static readonly TimeSpan s_lifetime = TimeSpan.FromHours(1);

    readonly TimeProvider _time;
    readonly Func<long, IReadOnlyList<TicketKey>>? _derive;
    readonly Lock _renewing = new();
    Keys _keys;

    /// <summary>Without <paramref name="derive"/>, which gives the keys of an hour since the Unix epoch, the keys are this node's alone.</summary>
    public TicketKeyRing(TimeProvider time, Func<long, IReadOnlyList<TicketKey>>? derive = null)
    {
        (_time, _derive) = (time, derive);
        _keys = Next(time.GetUtcNow(), []);
    }

    /// <summary>What seals new tickets.</summary>
    public TicketKey Sealing
    {
        get
        {
            Renew(_time.GetUtcNow());
            return Volatile.Read(ref _keys).All[0];
        }
    }

    /// <summary>From now on these, newest first; the ring makes none of its own any more.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public void Share(IReadOnlyList<TicketKey> keys)
    {
        if (keys.Count == 0) throw new ArgumentException("At least one key is needed.", nameof(keys));
        lock (_renewing) Volatile.Write(ref _keys, new([.. keys], RenewAt: null));
    }

    /// <summary>What opens a ticket that names this key; null when nothing does any more.</summary>
    public TicketKey? Opening(ReadOnlySpan<byte> name)
    {
        Renew(_time.GetUtcNow());
        foreach (var key in Volatile.Read(ref _keys).All)
            if (key.Name.SequenceEqual(name)) return key;
        return null;
    }

    void Renew(DateTimeOffset now)
    {
        if (!(Volatile.Read(ref _keys).RenewAt <= now)) return;
        lock (_renewing)
        {
            if (_keys.RenewAt <= now) Volatile.Write(ref _keys, Next(now, _keys.All));
        }
    }

    Keys Next(DateTimeOffset now, TicketKey[] before)
    {
        if (_derive is null) return new([TicketKey.Create(), .. before.Take(1)], now + s_lifetime);
        var hour = now.ToUnixTimeSeconds() / 3600;
        return new([.. _derive(hour), .. _derive(hour - 1), .. _derive(hour + 1)], DateTimeOffset.FromUnixTimeSeconds((hour + 1) * 3600));
    }

    sealed record Keys(TicketKey[] All, DateTimeOffset? RenewAt);
}

namespace Gateway.Actors.Tls.OpenSsl;

/// <summary>
/// The ticket keys of one node. The first seals new tickets, the others still open old ones. A client can resume on every node that has
/// the same keys; until somebody shares keys, the ring makes its own and replaces them by the clock. Safe for use from several threads.
/// </summary>
public sealed class TicketKeyRing
{
    /// <summary>Origin: RFC 9325 section 3.4, replace keys often, at least weekly; an hour keeps what a stolen key opens small.</summary>
    static readonly TimeSpan s_lifetime = TimeSpan.FromHours(1);

    readonly TimeProvider _time;
    readonly Lock _renewing = new();
    Keys _keys;

    public TicketKeyRing(TimeProvider time)
    {
        _time = time;
        _keys = new([TicketKey.Create()], RenewAt: time.GetUtcNow() + s_lifetime);
    }

    internal TicketKey Sealing
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

    internal TicketKey? Opening(ReadOnlySpan<byte> name)
    {
        foreach (var key in Volatile.Read(ref _keys).All)
            if (key.Name.SequenceEqual(name)) return key;
        return null;
    }

    void Renew(DateTimeOffset now)
    {
        if (!(Volatile.Read(ref _keys).RenewAt <= now)) return;
        lock (_renewing)
        {
            if (_keys.RenewAt <= now) Volatile.Write(ref _keys, new([TicketKey.Create(), _keys.All[0]], now + s_lifetime));
        }
    }

    sealed record Keys(TicketKey[] All, DateTimeOffset? RenewAt);
}

namespace Gateway.Protocols.Kafka.Limiting;

/// <summary>
/// Holds a client to its rates as brokers do (KIP-124, KIP-219): what it asked for is answered at once, the answer says for how long the client should
/// ask nothing more, and for so long nothing more is read from it, whether it minds that or not.
/// </summary>
sealed class Throttle(IByteBudget? produced, IByteBudget? consumed, ITrafficSight? sight)
{
    /// <summary>
    /// The longest that is told at once; what is owed beyond it is told again with the next answer. Origin: the window of Kafka's own quotas, 11 samples
    /// (quota.window.num) of a second. Members of a group are taken for dead after 30 to 45 s without a heartbeat.
    /// </summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(11);

    TimeSpan _mute;
    long _produced;

    /// <summary>What a Fetch may ask for at once, in bytes: more than comes back within <see cref="Longest"/> could not be made up for. Null: anything.</summary>
    public int? MostFetched { get; } = consumed is null ? null : (int)Math.Min(int.MaxValue, consumed.PerSecond * Longest.TotalSeconds);

    /// <summary>How long the client is to be read no further, told once.</summary>
    public TimeSpan TakeMute()
    {
        var mute = _mute;
        _mute = TimeSpan.Zero;
        return mute;
    }

    /// <summary>A Produce comes, whose frame has so many bytes.</summary>
    public void Produced(long bytes)
    {
        produced?.Take(Counted(bytes));
        _produced += bytes;
    }

    /// <summary>A Produce is over that is answered nothing.</summary>
    public void Unanswered() => OwedForProduced();

    /// <summary>An answer goes to the client, whose frame has so many bytes. Yields the milliseconds that it has to tell; 0: none.</summary>
    public int Answered(short key, long bytes) => key switch
    {
        ApiKeys.Produce => OwedForProduced(),
        ApiKeys.Fetch or ApiKeys.ShareFetch => Owed(Direction.ToClient, consumed?.Take(Counted(bytes)), bytes),
        _ => 0,
    };

    // Taken as it came; what is owed is known with the answer.
    int OwedForProduced()
    {
        var bytes = _produced;
        _produced = 0;
        return Owed(Direction.ToUpstream, produced?.Take(0), bytes);
    }

    int Owed(Direction direction, TimeSpan? taken, long bytes)
    {
        if (taken is not { Ticks: > 0 } owed) return 0;
        if (owed > Longest) owed = Longest;
        if (owed > _mute) _mute = owed;
        sight?.Throttled(direction, bytes, owed);
        return (int)Math.Ceiling(owed.TotalMilliseconds);
    }

    // No frame is that long.
    static int Counted(long bytes) => (int)Math.Min(int.MaxValue, bytes);
}

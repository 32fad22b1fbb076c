namespace Gateway.Protocols.Kafka.Limiting;

/// <summary>
/// Holds a client to its rates as brokers do (KIP-124, KIP-219): what it asked for is answered at once, the answer says for how long the client should
/// ask nothing more, and for so long nothing more is read from it, whether it minds that or not.
/// </summary>
sealed class Throttle(IByteBudget? produced, IByteBudget? consumed)
{
    /// <summary>
    /// The longest that is told at once; what is owed beyond it is told again with the next answer. Origin: the window of Kafka's own quotas, 11 samples
    /// (quota.window.num) of a second. Members of a group are taken for dead after 30 to 45 s without a heartbeat.
    /// </summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(11);

    TimeSpan _mute;

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
    public void Produced(long bytes) => produced?.Take(Counted(bytes));

    /// <summary>A Produce is over that is answered nothing.</summary>
    public void Unanswered() => Owed(produced, 0);

    /// <summary>An answer goes to the client, whose frame has so many bytes. Yields the milliseconds that it has to tell; 0: none.</summary>
    public int Answered(short key, long bytes) => key switch
    {
        ApiKeys.Produce => Owed(produced, 0),
        ApiKeys.Fetch or ApiKeys.ShareFetch => Owed(consumed, bytes),
        _ => 0,
    };

    int Owed(IByteBudget? budget, long bytes)
    {
        var owed = budget?.Take(Counted(bytes)) ?? TimeSpan.Zero;
        if (owed <= TimeSpan.Zero) return 0;
        if (owed > Longest) owed = Longest;
        if (owed > _mute) _mute = owed;
        return (int)Math.Ceiling(owed.TotalMilliseconds);
    }

    // No frame is that long.
    static int Counted(long bytes) => (int)Math.Min(int.MaxValue, bytes);
}

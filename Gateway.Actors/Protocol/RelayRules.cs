namespace Gateway.Actors.Protocol;

/// <summary>What bounds a relay besides its peers.</summary>
/// <param name="IdleTimeout">The longest time in which neither side sends anything.</param>
/// <param name="Expires">When the identity, and with it the session, ends; null: it does not.</param>
public sealed record RelayRules(TimeSpan IdleTimeout, DateTimeOffset? Expires)
{
    /// <summary>
    /// The longest silence once one side will send no more: the other finishes its answer or is gone. Origin: half of nginx's default proxy_timeout for
    /// a lingering close (60 s).
    /// </summary>
    public static readonly TimeSpan HalfClosedSilence = TimeSpan.FromSeconds(30);

    public TimeSpan LongestSilence(bool isHalfClosed) => isHalfClosed && HalfClosedSilence < IdleTimeout ? HalfClosedSilence : IdleTimeout;
}

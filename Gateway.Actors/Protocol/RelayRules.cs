using Gateway.Protocols;

namespace Gateway.Actors.Protocol;

/// <summary>What bounds a relay besides its peers.</summary>
/// <param name="IdleTimeout">The longest time in which neither side sends anything.</param>
/// <param name="Warning">How long before access ends that is told; zero: not at all.</param>
public sealed record RelayRules(TimeSpan IdleTimeout, TimeSpan Warning)
{
    /// <summary>
    /// The longest silence once one side will send no more: the other finishes its answer or is gone. Origin: half of nginx's default proxy_timeout for
    /// a lingering close (60 s).
    /// </summary>
    public static readonly TimeSpan HalfClosedSilence = TimeSpan.FromSeconds(30);

    /// <summary>The longest that an upstream may take to accept the gateway's login again.</summary>
    public TimeSpan UpstreamTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Reads the gateway's own credentials anew, for a login that the upstream lets last no longer. Takes no longer than a login may.</summary>
    public Func<Task<Verdict<UpstreamCredentials>>> Credentials { get; init; } = static () => Task.FromResult<Verdict<UpstreamCredentials>>(UpstreamCredentials.None);

    /// <summary>Asks for schemas that payloads need to be masked, and takes no longer than they may wait: what is known then is in the masker's own.</summary>
    public Func<IReadOnlyCollection<int>, Task> Schemas { get; init; } = static _ => Task.CompletedTask;

    /// <summary>Told whenever a client begins to be read no further for a while because it asks too much (1), and when that is over (-1).</summary>
    public Action<int> Muted { get; init; } = static _ => { };

    public TimeSpan LongestSilence(bool isHalfClosed) => isHalfClosed && HalfClosedSilence < IdleTimeout ? HalfClosedSilence : IdleTimeout;

    /// <summary>
    /// How long until the end of access is told: <see cref="Warning"/> before it, or half-way where less than twice that is left. Null: not at all.
    /// </summary>
    public TimeSpan? TillWarning(TimeSpan left) =>
        Warning <= TimeSpan.Zero || left <= TimeSpan.Zero ? null : left >= Warning * 2 ? left - Warning : left / 2;
}

namespace Gateway.Specs.Support;

/// <summary>A clock that can be set: the time of day alone is then another, what the monotonic clock and the timers of <paramref name="time"/> count stays.</summary>
sealed class SetClock(TimeProvider time) : TimeProvider
{
    /// <summary>By how much it is off.</summary>
    public TimeSpan Ahead { get; set; }

    public override long TimestampFrequency => time.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + Ahead;

    public override long GetTimestamp() => time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        time.CreateTimer(callback, state, dueTime, period);
}

using Gateway.Protocols.Journal;

namespace Gateway.Actors.Record;

/// <summary>
/// The time of day in one session's recording: that of the clock when this was made, and counted by the monotonic clock from then on. Whoever sets the clock
/// meanwhile would otherwise put what came later before what came first, and silences where there were none. For any threads.
/// </summary>
public sealed class RecordingTime(TimeProvider time) : TimeProvider
{
    readonly DateTimeOffset _began = time.GetUtcNow();
    readonly long _stamp = time.GetTimestamp();

    public override long TimestampFrequency => time.TimestampFrequency;

    /// <summary>Microseconds since the Unix epoch.</summary>
    public long Now => UnixMicros.Of(GetUtcNow());

    public override DateTimeOffset GetUtcNow() => _began + time.GetElapsedTime(_stamp);

    public override long GetTimestamp() => time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        time.CreateTimer(callback, state, dueTime, period);
}

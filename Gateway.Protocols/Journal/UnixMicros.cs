namespace Gateway.Protocols.Journal;

/// <summary>The journal's times: microseconds since the Unix epoch, UTC.</summary>
public static class UnixMicros
{
    static readonly long s_first = Of(DateTimeOffset.MinValue);
    static readonly long s_last = Of(DateTimeOffset.MaxValue);

    public static long Of(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>A time beyond the calendar is its end.</summary>
    public static DateTimeOffset Time(long micros) =>
        DateTimeOffset.UnixEpoch.AddTicks(Math.Clamp(micros, s_first, s_last) * TimeSpan.TicksPerMicrosecond);
}

using System.Globalization;
using Gateway.Actors.Hosting;
using Gateway.Actors.Hosting.AdminApi;

namespace Gateway.Cli;

/// <summary>
/// Where in a recording: a time with its date, a time of day (UTC, the first after the session's start), or so long after the start (<c>90s</c>).
/// </summary>
public readonly record struct ReplayBound
{
    const long DayMicros = 24L * 60 * 60 * 1_000_000;

    static readonly string[] s_times = ["HH:mm", "HH:mm:ss", "HH:mm:ss.FFFFFF"];

    long? Absolute { get; init; }

    long? OfDay { get; init; }

    long? AfterStart { get; init; }

    /// <summary>Null for what is none of the three.</summary>
    public static ReplayBound? Parse(string text)
    {
        if (TimeOnly.TryParseExact(text, s_times, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
            return new ReplayBound { OfDay = time.Ticks / TimeSpan.TicksPerMicrosecond };
        if (JournalTime.Parse(text) is { } absolute) return new ReplayBound { Absolute = absolute };
        return Durations.TryParse(text, out var after) && after >= TimeSpan.Zero
            ? new ReplayBound { AfterStart = (long)after.TotalMicroseconds }
            : null;
    }

    /// <summary>The instant in the recording of a session that started then; micros since 1970, as the result.</summary>
    public long In(long startedAt)
    {
        if (Absolute is { } absolute) return absolute;
        if (AfterStart is { } after) return startedAt + after;
        var midnight = startedAt - Math.Abs(startedAt % DayMicros);
        // Of the second in which it started the whole is meant: 16:00 is not a day after 16:00:00.3.
        var at = midnight + OfDay.GetValueOrDefault();
        return at / 1_000_000 < startedAt / 1_000_000 ? at + DayMicros : at;
    }
}

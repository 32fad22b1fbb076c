using System.Globalization;

namespace Gateway.Cli;

/// <summary>How fast a replay runs: a factor of the recorded time. Null in <see cref="Factor"/> means without any wait.</summary>
public readonly record struct ReplayPace(double? Factor)
{
    const double MostSeconds = 24 * 60 * 60;

    public static readonly ReplayPace Max = new(null);

    /// <summary><c>max</c>, <c>realtime</c>, or a factor above 0 and up to 1000; null for anything else.</summary>
    public static ReplayPace? Parse(string text) => text switch
    {
        "max" => Max,
        "realtime" => new ReplayPace(1),
        _ => Number(text) is { } factor and > 0 and <= 1000 ? new ReplayPace(factor) : null,
    };

    /// <summary>
    /// How long to wait before the piece recorded <paramref name="micros"/> after the first, <paramref name="elapsed"/> into the replay.
    /// </summary>
    public TimeSpan Wait(long micros, TimeSpan elapsed)
    {
        if (Factor is not { } factor) return TimeSpan.Zero;
        // Capped: times come from the recording, and a timer takes no more than 49 days.
        var due = Math.Clamp(micros / factor / 1_000_000 - elapsed.TotalSeconds, 0, MostSeconds);
        return TimeSpan.FromSeconds(due);
    }

    static double? Number(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null;
}

using System.Globalization;

namespace Gateway.Actors.Hosting;

/// <summary>Durations as operators write them: <c>50ms</c>, <c>10s</c>, <c>5m</c>, <c>2h</c>, <c>1d</c>, or <c>hh:mm:ss</c>.</summary>
public static class Durations
{
    public const string Examples = "write it like 50ms, 10s, 5m, 2h or 00:00:30";

    static readonly (string Unit, TimeSpan One)[] s_units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)), ("s", TimeSpan.FromSeconds(1)), ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)), ("d", TimeSpan.FromDays(1)),
    ];

    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        foreach (var (unit, one) in s_units)
        {
            if (!text.EndsWith(unit, StringComparison.Ordinal)) continue;
            if (!uint.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var count)) continue;
            duration = count * one;
            return true;
        }

        // A bare number would be days to TimeSpan; nobody means that.
        return text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out duration);
    }

    /// <summary>The shortest exact form in one unit.</summary>
    public static string Write(TimeSpan duration)
    {
        for (var i = s_units.Length - 1; i >= 0; i--)
        {
            var (unit, one) = s_units[i];
            if (duration.Ticks >= one.Ticks && duration.Ticks % one.Ticks == 0) return $"{duration.Ticks / one.Ticks}{unit}";
        }

        return duration == TimeSpan.Zero ? "0s" : duration.ToString("c", CultureInfo.InvariantCulture);
    }
}

using System.Globalization;

namespace Gateway.Actors.Connections;

/// <summary>Reads hours of the week.</summary>
static class HoursReader
{
    static readonly string[] s_days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    /// <summary>As a document writes it.</summary>
    public static string Word(DayOfWeek day) => s_days[(int)day];

    public static AccessHours Read(YamlFields hours)
    {
        var (from, to) = (Clock(hours, "from", TimeSpan.Zero), Clock(hours, "to", AccessHours.WholeDay));
        hours.Require(from != to, "to", "is the same as from", "write 00:00 to 24:00 for the whole day");
        hours.Require(from < AccessHours.WholeDay, "from", "is no time a day begins at", "write 00:00 for midnight");
        return new AccessHours { Days = Days(hours), From = from, To = to, Zone = Zone(hours) };
    }

    static IReadOnlyList<DayOfWeek> Days(YamlFields hours)
    {
        var days = new List<DayOfWeek>();
        foreach (var text in hours.Texts("days"))
        {
            var day = Array.IndexOf(s_days, text);
            if (day < 0) hours.Fault("days", $"\"{text}\" is no day", $"use some of {string.Join(", ", s_days)}");
            else days.Add((DayOfWeek)day);
        }

        return days.Count > 0 ? days : Enum.GetValues<DayOfWeek>();
    }

    static TimeSpan Clock(YamlFields hours, string key, TimeSpan otherwise)
    {
        if (hours.Text(key) is not { } text) return otherwise;
        if (text == "24:00") return AccessHours.WholeDay;
        if (TimeSpan.TryParseExact(text, @"hh\:mm", CultureInfo.InvariantCulture, out var clock)) return clock;
        hours.Fault(key, "is no time of day", "write it like 08:30, at most 24:00");
        return otherwise;
    }

    static TimeZoneInfo Zone(YamlFields hours)
    {
        if (hours.Text("zone") is not { } name) return TimeZoneInfo.Utc;
        if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone)) return zone;
        hours.Fault("zone", "is no time zone this machine knows", "write it like Europe/Berlin or UTC; is tzdata installed?");
        return TimeZoneInfo.Utc;
    }
}

using System.Globalization;

namespace Gateway.Actors.Connections;

/// <summary>
/// Hours of the week on the clock of a place, such as Monday to Friday from 8 to 18 in Berlin. Pure. Where that clock jumps over a border, the
/// border is when the jump is; where it shows a border twice, the first time counts.
/// </summary>
public sealed record AccessHours
{
    public static readonly TimeSpan WholeDay = TimeSpan.FromHours(24);

    /// <summary>The days on which the hours begin; never empty.</summary>
    public required IReadOnlyList<DayOfWeek> Days { get; init; }

    /// <summary>Since midnight.</summary>
    public required TimeSpan From { get; init; }

    /// <summary>Since midnight, up to 24 hours; not later than <see cref="From"/>: on the next day.</summary>
    public required TimeSpan To { get; init; }

    public required TimeZoneInfo Zone { get; init; }

    /// <summary>When the hours that have begun end; null when none have.</summary>
    public DateTimeOffset? OpenUntil(DateTimeOffset at)
    {
        DateTimeOffset? until = null;
        foreach (var (start, end) in Around(at, after: 1))
        {
            if (start <= at && at < end && !(until >= end)) until = end;
        }

        return until;
    }

    /// <summary>As an operator wrote them, such as <c>mon, fri 08:00 to 17:30 Europe/Berlin</c>.</summary>
    public override string ToString()
    {
        var days = Days.Count == 7 ? "every day" : string.Join(", ", Days.Select(HoursReader.Word));
        return $"{days} {Clock(From)} to {Clock(To)} {Zone.Id}";
    }

    /// <summary>When hours begin next, later than <paramref name="at"/>.</summary>
    public DateTimeOffset NextOpening(DateTimeOffset at) => Around(at, after: 15).First(hours => hours.Start > at && hours.Start < hours.End).Start;

    /// <summary>From the day before on, to so many days after. Hours that the clock jumps over as a whole end as they start.</summary>
    public IEnumerable<(DateTimeOffset Start, DateTimeOffset End)> Around(DateTimeOffset at, int after)
    {
        var today = TimeZoneInfo.ConvertTime(at, Zone).Date;
        for (var day = today.AddDays(-1); day <= today.AddDays(after); day = day.AddDays(1))
        {
            if (Days.Contains(day.DayOfWeek)) yield return (Instant(day + From), Instant(day + (To > From ? To : To + WholeDay)));
        }
    }

    static string Clock(TimeSpan time) => time == WholeDay ? "24:00" : time.ToString(@"hh\:mm", CultureInfo.InvariantCulture);

    DateTimeOffset Instant(DateTime clock)
    {
        var offset = Zone.IsAmbiguousTime(clock) ? Zone.GetAmbiguousTimeOffsets(clock).Max() : Zone.GetUtcOffset(clock);
        return new DateTimeOffset(clock, offset).ToUniversalTime();
    }
}

using System.Globalization;
using Gateway.Actors.Connections;
using Xunit;

namespace Gateway.Specs.Connections;

public sealed class AccessHoursSpec
{
    static readonly DayOfWeek[] s_workdays =
        [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday];

    [Theory]
    // 2 March 2026 is a Monday; Berlin is one hour ahead of UTC.
    [InlineData("2026-03-02T06:59:59Z", null)]
    [InlineData("2026-03-02T07:00:00Z", "2026-03-02T17:00:00Z")]
    [InlineData("2026-03-02T16:59:59Z", "2026-03-02T17:00:00Z")]
    [InlineData("2026-03-02T17:00:00Z", null)]
    [InlineData("2026-03-07T10:00:00Z", null)]
    // In July two hours.
    [InlineData("2026-07-01T06:00:00Z", "2026-07-01T16:00:00Z")]
    public void Hours_are_those_of_the_places_clock(string at, string? until) =>
        Assert.Equal(At(until), Hours("08:00", "18:00", s_workdays).OpenUntil(At(at)!.Value));

    [Theory]
    [InlineData("2026-03-06T21:00:00Z", "2026-03-07T05:00:00Z")]
    // Saturday morning belongs to Friday's night, Sunday morning to none.
    [InlineData("2026-03-07T04:00:00Z", "2026-03-07T05:00:00Z")]
    [InlineData("2026-03-08T04:00:00Z", null)]
    public void A_night_belongs_to_the_day_it_begins_on(string at, string? until) =>
        Assert.Equal(At(until), Hours("22:00", "06:00", s_workdays).OpenUntil(At(at)!.Value));

    [Fact]
    public void A_border_the_clock_jumps_over_is_where_it_jumps()
    {
        // On 29 March 2026 Berlin goes from 02:00 to 03:00 at 01:00 UTC.
        var hours = Hours("02:30", "05:00", [DayOfWeek.Sunday]);

        Assert.Null(hours.OpenUntil(At("2026-03-29T00:59:59Z")!.Value));
        Assert.Equal(At("2026-03-29T03:00:00Z"), hours.OpenUntil(At("2026-03-29T01:30:00Z")!.Value));
    }

    [Fact]
    public void Of_a_border_the_clock_shows_twice_the_first_counts()
    {
        // On 25 October 2026 Berlin goes from 03:00 back to 02:00 at 01:00 UTC.
        var hours = Hours("01:00", "02:30", [DayOfWeek.Sunday]);

        Assert.Equal(At("2026-10-25T00:30:00Z"), hours.OpenUntil(At("2026-10-25T00:00:00Z")!.Value));
        Assert.Null(hours.OpenUntil(At("2026-10-25T00:45:00Z")!.Value));
    }

    [Theory]
    [InlineData("2026-03-02T06:00:00Z", "2026-03-02T07:00:00Z")]
    [InlineData("2026-03-02T07:00:00Z", "2026-03-03T07:00:00Z")]
    [InlineData("2026-03-06T12:00:00Z", "2026-03-09T07:00:00Z")]
    public void The_next_opening_is_later_than_now(string at, string next) =>
        Assert.Equal(At(next), Hours("08:00", "18:00", s_workdays).NextOpening(At(at)!.Value));

    static AccessHours Hours(string from, string to, IReadOnlyList<DayOfWeek> days) => new()
    {
        Days = days,
        From = TimeSpan.Parse(from, CultureInfo.InvariantCulture),
        To = TimeSpan.Parse(to, CultureInfo.InvariantCulture),
        Zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"),
    };

    static DateTimeOffset? At(string? text) => text is null ? null : DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}

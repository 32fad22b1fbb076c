using System.Globalization;
using System.Net;
using Gateway.Actors.Connections;
using Gateway.Actors.Sessions;
using Gateway.Protocols.Journal;
using Xunit;

namespace Gateway.Specs.Sessions;

public sealed class UsualPolicySpec
{
    static readonly AccessHours s_office =
        Hours("07:00", "19:00", DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday);

    static readonly Place s_zurich = new("Zurich office", [IPNetwork.Parse("192.0.2.0/24"), IPNetwork.Parse("2001:db8:1::/48")]);
    static readonly Place s_bern = new("Bern", [IPNetwork.Parse("198.51.100.0/24")]);
    static readonly Place s_lab = new("lab", [IPNetwork.Parse("192.0.2.64/26")]);

    // 2 March 2026 is a Monday; Zurich is one hour ahead of UTC, two from 29 March on.
    [Theory]
    [InlineData("2026-03-02T05:59:59Z", true)]
    [InlineData("2026-03-02T06:00:00Z", false)]
    [InlineData("2026-03-02T17:59:59Z", false)]
    [InlineData("2026-03-02T18:00:00Z", true)]
    [InlineData("2026-03-30T05:00:00Z", false)]
    [InlineData("2026-03-30T17:00:00Z", true)]
    [InlineData("2026-03-07T10:00:00Z", true)]
    public void A_session_that_begins_outside_all_usual_hours_is_noticed(string at, bool noticed) =>
        Assert.Equal(noticed, UsualPolicy.Began(At(s_office), Time(at)) is not null);

    [Fact]
    public void The_sentence_tells_the_time_on_the_clock_of_the_hours_and_the_hours()
    {
        var notice = UsualPolicy.Began(At(s_office), Time("2026-03-30T17:05:00Z"))!;

        Assert.Equal(
            (AnomalyKind.HoursUnusual,
                "the session began at Mon 2026-03-30 19:05 Europe/Zurich, outside this subject's usual hours here: " +
                "mon, tue, wed, thu, fri 07:00 to 19:00 Europe/Zurich"),
            (notice.Kind, notice.Explanation));
    }

    [Fact]
    public void A_session_may_outlast_its_hours_and_the_sentence_says_when_they_ended()
    {
        var usual = At(s_office);
        var end = UsualPolicy.Outlasts(usual, Time("2026-03-02T12:00:00Z"))!.Value;

        Assert.Equal(Time("2026-03-02T18:00:00Z"), end);
        Assert.Equal(
            "the session goes on at Mon 2026-03-02 19:30 Europe/Zurich, " +
            "and this subject's usual hours here ended at Mon 2026-03-02 19:00 Europe/Zurich: mon, tue, wed, thu, fri 07:00 to 19:00 Europe/Zurich",
            UsualPolicy.Outlasted(usual, end, Time("2026-03-02T18:30:00Z")).Explanation);
    }

    [Fact]
    public void Hours_that_follow_each_other_without_a_gap_end_with_the_last_of_them()
    {
        var night = Hours("19:00", "03:00", DayOfWeek.Monday);

        Assert.Equal(Time("2026-03-03T02:00:00Z"), UsualPolicy.Outlasts(At(night, s_office), Time("2026-03-02T12:00:00Z")));
        Assert.Null(UsualPolicy.Began(At(night, s_office), Time("2026-03-03T01:30:00Z")));
        Assert.NotNull(UsualPolicy.Began(At(night, s_office), Time("2026-03-03T02:00:00Z")));
    }

    [Theory]
    [InlineData("2026-03-02T12:00:00Z")]
    // Over both nights in which the clock is set.
    [InlineData("2026-03-28T23:30:00Z")]
    [InlineData("2026-10-24T23:30:00Z")]
    public void Hours_of_all_days_never_end(string at)
    {
        var always = At(Hours("00:00", "12:00", Enum.GetValues<DayOfWeek>()), Hours("12:00", "24:00", Enum.GetValues<DayOfWeek>()));

        Assert.Null(UsualPolicy.Began(always, Time(at)));
        Assert.Null(UsualPolicy.Outlasts(always, Time(at)));
    }

    [Fact]
    public void Without_hours_every_hour_is_usual()
    {
        Assert.Null(UsualPolicy.Began(At(), Time("2026-03-07T10:00:00Z")));
        Assert.Null(UsualPolicy.Outlasts(At(), Time("2026-03-07T10:00:00Z")));
    }

    [Theory]
    [InlineData("192.0.2.7:40112", false)]
    [InlineData("[::ffff:192.0.2.7]:40112", false)]
    [InlineData("[2001:db8:1::7]:40112", false)]
    [InlineData("198.51.100.7:40112", false)]
    [InlineData("203.0.113.9:40112", true)]
    [InlineData("[2001:db8:2::7]:40112", true)]
    [InlineData("no address", true)]
    public void A_client_in_none_of_the_usual_places_is_noticed(string client, bool noticed) =>
        Assert.Equal(noticed, UsualPolicy.Network(From(s_zurich, s_bern), client) is not null);

    [Fact]
    public void The_sentence_has_the_address_and_names_the_places()
    {
        Place[] places = [s_zurich, s_bern, s_lab, new("Basel", s_bern.Networks), new("Chur", s_bern.Networks)];

        var notice = UsualPolicy.Network(From(places), "203.0.113.9:40112")!;

        Assert.Equal(
            (AnomalyKind.NetworkUnusual,
                "the client's address 203.0.113.9 is in none of this subject's usual places here: Zurich office, Bern, lab and 2 more"),
            (notice.Kind, notice.Explanation));
    }

    [Fact]
    public void Without_places_every_place_is_usual() => Assert.Null(UsualPolicy.Network(From(), "203.0.113.9:40112"));

    [Theory]
    [InlineData("192.0.2.7:1", "198.51.100.4:2", true)]
    [InlineData("192.0.2.7:1", "192.0.2.9:2", false)]
    // The lab is in Zurich.
    [InlineData("192.0.2.65:1", "192.0.2.9:2", false)]
    [InlineData("192.0.2.7:1", "203.0.113.9:2", false)]
    [InlineData("203.0.113.9:1", "198.51.100.4:2", false)]
    public void Two_sessions_at_once_from_two_places_are_noticed(string client, string other, bool noticed) => Assert.Equal(
        noticed, UsualPolicy.Place(From(s_zurich, s_bern, s_lab) with { SamePlace = true }, client, ["192.0.2.8:9", other]) is not null);

    [Fact]
    public void Where_no_rule_says_so_a_subject_may_be_in_two_places() =>
        Assert.Null(UsualPolicy.Place(From(s_zurich, s_bern), "192.0.2.7:1", ["198.51.100.4:2"]));

    [Fact]
    public void The_sentence_names_both_places() => Assert.Equal(
        "the client comes from Zurich office, lab (192.0.2.65) while another session of this subject here is open from Bern (198.51.100.4)",
        UsualPolicy.Place(From(s_zurich, s_bern, s_lab) with { SamePlace = true }, "192.0.2.65:1", ["198.51.100.4:2"])!.Explanation);

    [Theory]
    [InlineData("operator", new[] { "staff" }, "Bern")]
    [InlineData("sensor-7", new[] { "sensors" }, "Zurich office, Bern")]
    [InlineData("camera-17", new string[0], "Bern, lab")]
    public void All_rules_that_are_about_a_subject_count_together(string subject, string[] groups, string places)
    {
        AnomalyRule[] rules =
        [
            new() { Groups = ["sensors"], Places = [s_zurich] },
            new() { Places = [s_bern] },
            new() { Subjects = ["camera-17"], Places = [s_lab] },
        ];

        Assert.Equal(places, string.Join(", ", Usual.Of(rules, subject, groups).Places.Select(place => place.Name)));
    }

    static Usual At(params AccessHours[] hours) => new(hours, [], SamePlace: false);

    static Usual From(params Place[] places) => new([], places, SamePlace: false);

    static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    static AccessHours Hours(string from, string to, params DayOfWeek[] days) => new()
    {
        Days = days,
        From = TimeSpan.ParseExact(from, @"hh\:mm", CultureInfo.InvariantCulture),
        To = to == "24:00" ? AccessHours.WholeDay : TimeSpan.ParseExact(to, @"hh\:mm", CultureInfo.InvariantCulture),
        Zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Zurich"),
    };
}

using System.Net;
using Gateway.Actors.Authorize;
using Gateway.Actors.Connections;
using Gateway.Actors.Identify;
using Gateway.Protocols;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Authorize;

/// <summary>Access rules of the whole cluster, which select connections by their labels.</summary>
public sealed class PolicyProfileSpec
{
    static readonly DateTimeOffset s_monday = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("env=prod", true)]
    [InlineData("env=prod,team=iot", true)]
    [InlineData("", true)]
    [InlineData("env=test", false)]
    [InlineData("env=prod,team=web", false)]
    [InlineData("zone=eu", false)]
    public void It_counts_for_connections_that_have_all_of_its_labels_and_without_any_for_all(string labels, bool allowed)
    {
        var decision = Decide(Allow(labels, "staff"), "staff");

        Assert.Equal(allowed, decision.IsAllowed);
        Assert.Equal(allowed ? "policy staff-hours rules[0]" : "default", decision.Rule);
    }

    [Fact]
    public void Who_is_denied_by_one_is_denied_whatever_a_connection_or_a_grant_allows()
    {
        var deny = Allow("env=prod", "staff") with { Rules = [new AccessRule { Effect = AccessEffect.Deny, Groups = ["suspended"] }] };

        AccessDecision Decided(params string[] groups) =>
            AccessPolicy.Decide(Request(groups), new AccessFacts([Granted()], [], [deny]), s_monday);

        var decision = Decided("sensors", "suspended");

        Assert.Equal((Refusal.NotGranted, "policy staff-hours rules[0]"), (decision.Refusal, decision.Rule));
        Assert.Equal("policy staff-hours rules[0] for connection telemetry denies: anna is in group suspended", decision.Detail);
        Assert.Equal(2, decision.Considered.Count(rule => rule is { Applies: true, Effect: AccessEffect.Allow }));
        Assert.False(Decided("suspended").IsAllowed);
        Assert.True(Decided().IsAllowed);
        Assert.True(Decide(deny, "sensors").IsAllowed);
    }

    [Theory]
    [InlineData("corp", true)]
    [InlineData("CN=People CA", false)]
    public void It_can_be_about_those_alone_whom_some_issuers_prove(string issuer, bool allowed)
    {
        var decision = Decide(Allow("env=prod", "staff") with { Issuers = [issuer] }, "staff");

        Assert.Equal(allowed, decision.IsAllowed);
        if (!allowed) Assert.Equal("anna is proven by none of its issuers", decision.Considered[^1].Why);
    }

    [Theory]
    [InlineData("2026-03-02T12:00:00Z", "192.0.2.7", true)]
    [InlineData("2026-03-02T19:00:00Z", "192.0.2.7", false)]
    [InlineData("2026-03-02T12:00:00Z", "198.51.100.7", false)]
    public void Its_rules_look_at_hours_and_networks_like_those_of_a_connection(string at, string from, bool allowed)
    {
        var rule = new AccessRule
        {
            Effect = AccessEffect.Allow,
            Groups = ["staff"],
            Networks = [IPNetwork.Parse("192.0.2.0/24")],
            Hours = new AccessHours { Days = Enum.GetValues<DayOfWeek>(), From = new TimeSpan(8, 0, 0), To = new TimeSpan(18, 0, 0), Zone = TimeZoneInfo.Utc },
        };
        var policy = Allow("env=prod", "staff") with { Rules = [rule] };
        var now = DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture);

        var decision = AccessPolicy.Decide(new AccessRequest(Anna("staff"), Telemetry(), IPAddress.Parse(from)), new AccessFacts([], [], [policy]), now);

        Assert.Equal(allowed, decision.IsAllowed);
        if (allowed) Assert.Equal((new DateTimeOffset(2026, 3, 2, 18, 0, 0, TimeSpan.Zero), Refusal.AccessEnded), (decision.Until!.Value, decision.EndsWith));
    }

    [Fact]
    public void One_that_cannot_be_read_lets_nobody_in_anywhere_and_says_why()
    {
        var decision = Decide(PolicyProfile.Unreadable("night", "is no time zone this machine knows"), "sensors");

        Assert.Equal((Refusal.NotGranted, "policy night"), (decision.Refusal, decision.Rule));
        Assert.Contains("is no time zone this machine knows", decision.Detail, StringComparison.Ordinal);
    }

    static AccessDecision Decide(PolicyProfile policy, params string[] groups) =>
        AccessPolicy.Decide(Request(groups), new AccessFacts([], [], [policy]), s_monday);

    static AccessRequest Request(string[] groups) => new(Anna(groups), Telemetry(), IPAddress.Loopback);

    static TemporaryGrant Granted() => new()
    {
        Id = "g1",
        Subject = "anna",
        Connection = "telemetry",
        From = s_monday,
        Until = s_monday.AddHours(1),
        Reason = "on call",
        GrantedBy = "otto (corp)",
    };

    static Identity Anna(params string[] groups) => new() { Name = "anna", Issuer = "corp", Groups = groups };

    static ConnectionProfile Telemetry() => TestProfiles.For(TestProfiles.Tls13) with
    {
        Name = "telemetry",
        Labels = new Dictionary<string, string> { ["env"] = "prod", ["team"] = "iot" },
        Access = new AccessRules { Issuers = ["corp"], Groups = ["sensors"], Subjects = [] },
    };

    static PolicyProfile Allow(string labels, string group) => new()
    {
        Name = "staff-hours",
        Labels = labels.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(label => label.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]),
        Rules = [new AccessRule { Effect = AccessEffect.Allow, Groups = [group] }],
    };
}

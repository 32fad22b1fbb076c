using System.Net;
using Gateway.Actors.Authorize;
using Gateway.Actors.Connections;
using Gateway.Actors.Hosting.AdminApi;
using Gateway.Specs.Support;
using Microsoft.AspNetCore.WebUtilities;
using Xunit;

namespace Gateway.Specs.Hosting;

public sealed class AccessQuestionSpec
{
    static readonly DateTimeOffset s_now = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_question_is_read_as_it_was_written()
    {
        var asked = new AccessQuestion
        {
            Subject = "zoë & co",
            Groups = ["a b", "c"],
            Issuer = "corp",
            Connection = "telemetry",
            From = IPAddress.Parse("2001:db8::1"),
            At = s_now,
        };

        var (read, fault) = AccessQuestion.Read(QueryHelpers.ParseQuery(asked.Write()));

        Assert.Equal("", fault);
        Assert.Equal(asked with { Groups = [] }, read! with { Groups = [] });
        Assert.Equal(asked.Groups, read.Groups);
    }

    [Theory]
    [InlineData("subject=a", "must have subject and connection")]
    [InlineData("subject=a&connection=b&subject=c", "must be given once")]
    [InlineData("subject=a&connection=", "must be given once")]
    [InlineData("subject=%0A&connection=b", "usable name")]
    [InlineData("subject=a&connection=b&from=here", "IP address")]
    [InlineData("subject=a&connection=b&at=noon", "a time like")]
    [InlineData("subject=a&connection=b&at=9999-12-31", "a time like")]
    [InlineData("subject=a&connection=b&group=%E2%80%8B", "groups are not")]
    [InlineData("subject=a&connection=b&role=c", "does not exist here")]
    public void What_is_wrong_with_a_question_is_told(string query, string fault)
    {
        var (question, told) = AccessQuestion.Read(QueryHelpers.ParseQuery(query));

        Assert.Null(question);
        Assert.Contains(fault, told, StringComparison.Ordinal);
    }

    [Fact]
    public void The_answer_names_the_rule_and_when_access_ends()
    {
        var rule = new AccessRule { Effect = AccessEffect.Allow, Groups = ["sensors"], Networks = [IPNetwork.Parse("192.0.2.0/24")], Hours = Hours() };
        var profile = Profile(rule);

        var (view, fault) = Ask(IPAddress.Parse("192.0.2.7")).Answer([profile], AccessFacts.None, s_now);

        Assert.Equal("", fault);
        Assert.Equal((true, "access.rules[0]", "2026-03-02T18:00:00.000000Z", "access-ended"), (view!.Allowed, view.Rule, view.Until, view.EndsWith));
        Assert.Equal("corp", view.Issuer);
        var (denied, _) = Ask(IPAddress.Loopback).Answer([profile], AccessFacts.None, s_now);
        Assert.Equal((false, "not-granted", "default"), (denied!.Allowed, denied.Refusal, denied.Rule));
        Assert.Equal(["127.0.0.1 is in none of its networks"], denied.Rules.Select(r => r.Why));
    }

    [Fact]
    public void What_a_rule_needs_to_know_is_asked_for()
    {
        var rule = new AccessRule { Effect = AccessEffect.Deny, Networks = [IPNetwork.Parse("192.0.2.0/24")] };

        var (view, fault) = Ask(null).Answer([Profile(rule)], AccessFacts.None, s_now);

        Assert.Null(view);
        Assert.Contains("access.rules[0]", fault, StringComparison.Ordinal);
        Assert.Contains("no connection spec", Ask(null).Answer([], AccessFacts.None, s_now).Fault, StringComparison.Ordinal);
    }

    static AccessQuestion Ask(IPAddress? from) => new() { Subject = "anna", Groups = ["sensors"], Connection = "spec", From = from };

    static ConnectionProfile Profile(AccessRule rule) =>
        TestProfiles.For(TestProfiles.Tls13) with { Access = new AccessRules { Issuers = ["corp"], Groups = [], Subjects = [], Rules = [rule] } };

    static AccessHours Hours() => new()
    {
        Days = [DayOfWeek.Monday],
        From = TimeSpan.FromHours(8),
        To = TimeSpan.FromHours(18),
        Zone = TimeZoneInfo.Utc,
    };
}

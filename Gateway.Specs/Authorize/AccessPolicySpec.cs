using System.Globalization;
using System.Net;
using Gateway.Actors.Authorize;
using Gateway.Actors.Connections;
using Gateway.Actors.Identify;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Authorize;

public sealed class AccessPolicySpec
{
    // A Monday.
    static readonly DateTimeOffset s_now = DateTimeOffset.Parse("2026-03-02T12:00:00Z", CultureInfo.InvariantCulture);

    static readonly Identity s_anna = new() { Name = "anna", Issuer = "corp", Groups = ["sensors", "staff"], TokenId = "t-1", CertificateSerial = "0AFF", CertificateIssuer = "CN=People CA" };

    [Fact]
    public void Who_is_in_a_group_or_is_a_subject_is_allowed_and_the_rule_is_named()
    {
        Assert.Equal(("access.groups", true), Told(Decide(Access(groups: ["sensors"]))));
        Assert.Equal(("access.subjects", true), Told(Decide(Access(subjects: ["anna"]))));
        Assert.Equal(("access.rules[0]", true), Told(Decide(Access(rules: Allow(groups: ["staff"])))));
    }

    [Fact]
    public void Whom_nothing_allows_is_refused_by_default()
    {
        var decision = Decide(Access(groups: ["pumps"], subjects: ["Anna"], rules: Allow(groups: ["Sensors"])));

        Assert.Equal((Refusal.NotGranted, "default"), (decision.Refusal, decision.Rule));
        Assert.Equal(["access.groups", "access.subjects", "access.rules[0]"], decision.Considered.Select(rule => rule.Rule));
        Assert.DoesNotContain(decision.Considered, rule => rule.Applies);
    }

    [Fact]
    public void A_rule_that_denies_wins_wherever_it_stands()
    {
        var facts = new AccessFacts([Granted()], []);

        var decision = Decide(Access(groups: ["sensors"], rules: [Allow(subjects: ["anna"])[0], Deny(groups: ["staff"])]), facts);

        Assert.Equal((Refusal.NotGranted, "access.rules[1]"), (decision.Refusal, decision.Rule));
    }

    [Fact]
    public void A_rule_that_denies_may_be_about_everybody_and_one_that_allows_may_not()
    {
        Assert.False(Decide(Access(groups: ["sensors"], rules: Deny())).IsAllowed);
        Assert.False(Decide(Access(rules: Allow())).IsAllowed);
    }

    [Theory]
    [InlineData("192.0.2.77", true)]
    [InlineData("::ffff:192.0.2.77", true)]
    [InlineData("198.51.100.1", false)]
    [InlineData("2001:db8::1", false)]
    public void A_rule_counts_in_its_networks_only(string from, bool isAllowed)
    {
        var rule = Allow(groups: ["sensors"])[0] with { Networks = [IPNetwork.Parse("192.0.2.0/24")] };

        var decision = AccessPolicy.Decide(Request(Access(rules: rule)) with { From = IPAddress.Parse(from) }, AccessFacts.None, s_now);

        Assert.Equal(isAllowed, decision.IsAllowed);
    }

    [Fact]
    public void Access_ends_with_the_hours_that_allow_it()
    {
        var decision = Decide(Access(rules: Allow(groups: ["sensors"])[0] with { Hours = Hours("08:00", "18:00") }));

        Assert.Equal((s_now.AddHours(6), Refusal.AccessEnded), (decision.Until, decision.EndsWith));
    }

    [Fact]
    public void Hours_without_a_gap_count_together()
    {
        var early = Allow(groups: ["sensors"])[0] with { Hours = Hours("08:00", "13:00") };
        var late = Allow(subjects: ["anna"])[0] with { Hours = Hours("13:00", "20:00") };

        Assert.Equal(s_now.AddHours(8), Decide(Access(rules: [early, late])).Until);
    }

    [Fact]
    public void Hours_that_never_close_are_followed_for_a_month_and_what_is_always_allowed_for_ever()
    {
        var always = Allow(groups: ["sensors"])[0] with { Hours = Hours("00:00", "24:00") };

        var until = Decide(Access(rules: always)).Until;

        Assert.InRange(until!.Value, s_now + AccessSpan.Longest, s_now + AccessSpan.Longest + TimeSpan.FromDays(1));
        Assert.Null(Decide(Access(groups: ["sensors"], rules: always)).Until);
    }

    [Fact]
    public void Access_ends_when_hours_of_a_rule_that_denies_begin()
    {
        var decision = Decide(Access(groups: ["sensors"], rules: Deny()[0] with { Hours = Hours("15:00", "16:00") }));

        Assert.Equal((s_now.AddHours(3), Refusal.AccessEnded), (decision.Until, decision.EndsWith));
    }

    [Fact]
    public void Access_ends_with_the_identity_where_that_ends_first()
    {
        var access = Access(rules: Allow(groups: ["sensors"])[0] with { Hours = Hours("08:00", "18:00") });
        var request = Request(access) with { Who = s_anna with { Expires = s_now.AddMinutes(5) } };

        var decision = AccessPolicy.Decide(request, AccessFacts.None, s_now);

        Assert.Equal((s_now.AddMinutes(5), Refusal.IdentityExpired), (decision.Until, decision.EndsWith));
        Assert.Equal(Refusal.IdentityExpired, AccessPolicy.Decide(request, AccessFacts.None, s_now.AddMinutes(5)).Refusal);
    }

    [Fact]
    public void A_temporary_grant_allows_its_subject_that_connection_for_that_time()
    {
        var facts = new AccessFacts([Granted()], []);

        var decision = Decide(Access(subjects: ["boss"]), facts);

        Assert.Equal(("grant g1", true), Told(decision));
        Assert.Equal((s_now.AddHours(1), Refusal.AccessEnded), (decision.Until, decision.EndsWith));
        Assert.False(AccessPolicy.Decide(Request(Access(subjects: ["boss"])), facts, s_now.AddHours(1)).IsAllowed);
        Assert.False(AccessPolicy.Decide(Request(Access(subjects: ["boss"])), facts, s_now.AddSeconds(-1)).IsAllowed);
    }

    [Theory]
    [InlineData("spec", null, true)]
    [InlineData("other", null, false)]
    [InlineData(null, "prod", true)]
    [InlineData(null, "test", false)]
    [InlineData(null, null, false)]
    public void A_temporary_grant_names_a_connection_or_its_labels_and_otherwise_nothing(string? connection, string? env, bool isAllowed)
    {
        var grant = Granted() with { Connection = connection, Labels = env is null ? ConnectionProfile.NoLabels : Label(env) };

        Assert.Equal(isAllowed, Decide(Access(subjects: ["boss"]), new AccessFacts([grant], [])).IsAllowed);
    }

    [Theory]
    [InlineData("Anna", null)]
    [InlineData("anna", "another")]
    public void A_temporary_grant_is_for_one_subject_of_one_issuer(string subject, string? issuer)
    {
        var facts = new AccessFacts([Granted() with { Subject = subject, Issuer = issuer }], []);

        Assert.False(Decide(Access(subjects: ["boss"]), facts).IsAllowed);
    }

    [Theory]
    [InlineData(RevocationKind.Subject, "anna", null, true)]
    [InlineData(RevocationKind.Subject, "anna", "corp", true)]
    [InlineData(RevocationKind.Subject, "anna", "other", false)]
    [InlineData(RevocationKind.Subject, "ANNA", null, false)]
    [InlineData(RevocationKind.Token, "t-1", null, true)]
    [InlineData(RevocationKind.Token, "T-1", null, false)]
    [InlineData(RevocationKind.Token, "anna", null, false)]
    [InlineData(RevocationKind.Certificate, "0a:ff", null, true)]
    [InlineData(RevocationKind.Certificate, "AFF", null, true)]
    [InlineData(RevocationKind.Certificate, "AFE", null, false)]
    [InlineData(RevocationKind.Certificate, "", null, false)]
    public void What_is_revoked_is_refused_whatever_allows_it(RevocationKind kind, string value, string? issuer, bool isRevoked)
    {
        var facts = new AccessFacts([Granted()], [Revoked(kind, value) with { Issuer = issuer }]);

        var decision = Decide(Access(groups: ["sensors"]), facts);

        Assert.Equal(isRevoked ? Refusal.IdentityRevoked : Refusal.None, decision.Refusal);
    }

    [Fact]
    public void A_revocation_counts_until_its_end()
    {
        var facts = new AccessFacts([], [Revoked(RevocationKind.Subject, "anna") with { Until = s_now.AddHours(1) }]);

        Assert.False(Decide(Access(groups: ["sensors"]), facts).IsAllowed);
        Assert.True(AccessPolicy.Decide(Request(Access(groups: ["sensors"])), facts, s_now.AddHours(1)).IsAllowed);
    }

    [Fact]
    public void An_identity_without_token_id_or_certificate_is_not_hit_by_an_empty_value()
    {
        var nobody = new Identity { Name = "bea", Issuer = "corp" };

        Assert.DoesNotContain(Enum.GetValues<RevocationKind>(), kind => Revoked(kind, "").Hits(nobody));
    }

    static (string Rule, bool IsAllowed) Told(AccessDecision decision) => (decision.Rule, decision.IsAllowed);

    static AccessDecision Decide(AccessRules access, AccessFacts? facts = null) => AccessPolicy.Decide(Request(access), facts ?? AccessFacts.None, s_now);

    static AccessRequest Request(AccessRules access) =>
        new(s_anna, TestProfiles.For(TestProfiles.Tls13) with { Access = access, Labels = Label("prod") }, IPAddress.Loopback);

    static AccessRules Access(IReadOnlyList<string>? groups = null, IReadOnlyList<string>? subjects = null, params AccessRule[] rules) =>
        new() { Issuers = ["corp"], Groups = groups ?? [], Subjects = subjects ?? [], Rules = rules };

    static AccessRule[] Allow(string[]? groups = null, string[]? subjects = null) =>
        [new() { Effect = AccessEffect.Allow, Groups = groups ?? [], Subjects = subjects ?? [] }];

    static AccessRule[] Deny() => [new() { Effect = AccessEffect.Deny }];

    static AccessRule Deny(string[] groups) => new() { Effect = AccessEffect.Deny, Groups = groups };

    static AccessHours Hours(string from, string to) => new()
    {
        Days = Enum.GetValues<DayOfWeek>(),
        From = TimeSpan.Parse(from, CultureInfo.InvariantCulture),
        To = to == "24:00" ? AccessHours.WholeDay : TimeSpan.Parse(to, CultureInfo.InvariantCulture),
        Zone = TimeZoneInfo.Utc,
    };

    static TemporaryGrant Granted() => new()
    {
        Id = "g1",
        Subject = "anna",
        Connection = "spec",
        From = s_now,
        Until = s_now.AddHours(1),
        Reason = "on call",
        GrantedBy = "otto (corp)",
    };

    static Revocation Revoked(RevocationKind kind, string value) =>
        new() { Kind = kind, Value = value, At = s_now, Reason = "laptop stolen", RevokedBy = "otto (corp)" };

    static Dictionary<string, string> Label(string env) => new() { ["env"] = env };
}

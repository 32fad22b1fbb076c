using Gateway.Actors.Hosting.AdminApi;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Hosting;

public sealed class AccessRequestsSpec
{
    static readonly GrantRequest s_grant = new("zoe", null, "telemetry", null, "1h", "incident 7");
    static readonly RevokeRequest s_revoke = new("certificate", "0A:FF", null, null, "lost");

    [Fact]
    public void A_grant_counts_from_a_little_before_it_was_given_for_clocks_that_differ()
    {
        var (grant, _) = s_grant.Read(SampleRegistry.Act, "g1");

        Assert.Equal(("g1", "zoe", "telemetry", "incident 7"), (grant!.GrantId, grant.Subject, grant.Connection, grant.Reason));
        Assert.Equal((SampleRegistry.At - 60_000_000, SampleRegistry.At + SampleRegistry.Hour), (grant.From, grant.Until));
    }

    public static TheoryData<GrantRequest, string> BadGrants => new()
    {
        { s_grant with { Subject = null }, "subject" },
        { s_grant with { Subject = "a\nb" }, "subject" },
        { s_grant with { Connection = null }, "connection or labels" },
        { s_grant with { Labels = new Dictionary<string, string> { ["env"] = "prod" } }, "connection or labels" },
        { s_grant with { Connection = null, Labels = new Dictionary<string, string> { ["env"] = "" } }, "no labels" },
        { s_grant with { For = null }, "from 1m to 7d" },
        { s_grant with { For = "1" }, "from 1m to 7d" },
        { s_grant with { For = "59s" }, "from 1m to 7d" },
        { s_grant with { For = "8d" }, "from 1m to 7d" },
        { s_grant with { Reason = " " }, "reason" },
    };

    [Theory]
    [MemberData(nameof(BadGrants))]
    public void What_is_wrong_with_a_grant_is_told(GrantRequest request, string fault)
    {
        var (grant, told) = request.Read(SampleRegistry.Act, "g1");

        Assert.Null(grant);
        Assert.Contains(fault, told, StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificates_number_is_kept_in_one_form_so_that_lifting_finds_it()
    {
        var (revoked, _) = s_revoke.Read(SampleRegistry.Act);
        var (lifted, _) = (s_revoke with { Value = "aff" }).ReadLifted(SampleRegistry.Act);

        Assert.Equal((RevocationKind.Certificate, "aff"), (revoked!.Kind, revoked.Value));
        Assert.Equal((revoked.Kind, revoked.Value), (lifted!.Kind, lifted.Value));
    }

    public static TheoryData<RevokeRequest, string> BadRevocations => new()
    {
        { s_revoke with { Kind = null }, "kind" },
        { s_revoke with { Kind = "person" }, "kind" },
        { s_revoke with { Value = "serial" }, "in hex" },
        { s_revoke with { Kind = "subject", Value = "" }, "subject's name" },
        { s_revoke with { Kind = "token", Value = "\u200B" }, "jti" },
        { s_revoke with { Until = "later" }, "until" },
        { s_revoke with { Reason = null }, "reason" },
    };

    [Theory]
    [MemberData(nameof(BadRevocations))]
    public void What_is_wrong_with_a_revocation_is_told(RevokeRequest request, string fault)
    {
        var (revoked, told) = request.Read(SampleRegistry.Act);

        Assert.Null(revoked);
        Assert.Contains(fault, told, StringComparison.Ordinal);
    }
}

using Gateway.Actors.Connections;
using Gateway.Actors.Identify;
using Gateway.Protocols;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Identify;

public sealed class CertificateIdentitySpec : IDisposable
{
    static readonly SubjectRule[] s_rules =
    [
        new() { Take = CertificateName.Uri, Matching = "spiffe://factory/line/*", Groups = ["lines"] },
        new() { Take = CertificateName.Dns, Matching = "*.cameras.example.org", Groups = ["cameras"] },
    ];

    readonly TestCertificates _authority = new("Camera CA");

    public void Dispose() => _authority.Dispose();

    [Fact]
    public void A_certificate_tells_name_groups_issuer_and_end()
    {
        var until = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().AddDays(3).ToUnixTimeSeconds());
        var asked = new TestCertificate { CommonName = "camera-17.example.org", Units = ["cameras", "yard"], NotAfter = until };

        var identity = CertificateIdentity.Read(_authority.Issue(asked)).Value;

        Assert.Equal(("camera-17.example.org", "CN=Camera CA", until), (identity.Name, identity.Issuer, identity.Expires));
        Assert.Equal(["cameras", "yard"], identity.Groups.Order());
    }

    [Fact]
    public void A_URI_comes_before_a_DNS_name_before_an_address_before_the_common_name()
    {
        var all = new TestCertificate
        {
            CommonName = "common",
            Names = ["10.0.0.1", "Camera-17.Example.org", "second.example.org"],
            Emails = ["camera@example.org"],
            Uris = ["spiffe://example.org/camera/17"],
        };

        Assert.Equal("spiffe://example.org/camera/17", Name(all));
        Assert.Equal("camera-17.example.org", Name(all with { Uris = [] }));
        Assert.Equal("camera@example.org", Name(all with { Uris = [], Names = ["10.0.0.1"] }));
        Assert.Equal("common", Name(all with { Uris = [], Names = ["10.0.0.1"], Emails = [] }));
    }

    [Theory]
    [MemberData(nameof(Unusable))]
    public void A_certificate_without_one_usable_name_is_refused(string why, TestCertificate asked)
    {
        var verdict = CertificateIdentity.Read(_authority.Issue(asked));

        Assert.Equal(Refusal.ClientCertificateMisused, verdict.Refusal);
        Assert.Contains(why, verdict.Detail, StringComparison.Ordinal);
    }

    public static TheoryData<string, TestCertificate> Unusable => new()
    {
        { "names nobody", new TestCertificate() },
        { "invisible", new TestCertificate { CommonName = "camera\n17" } },
        { "invisible", new TestCertificate { CommonName = "camera\u202E17" } },
        { "too long", new TestCertificate { Uris = ["https://example.org/" + new string('a', IdentityLimits.Name)] } },
        { "units", new TestCertificate { CommonName = "camera", Units = ["yard", "ro\0of"] } },
        { "SPIFFE", new TestCertificate { CommonName = "camera", Uris = ["https://example.org/", "spiffe://example.org/camera"] } },
    };

    [Theory]
    [InlineData("spiffe://factory/line/4", "spiffe://factory/line/4", "lines")]
    [InlineData("spiffe://factory/line/4/5", "camera-17.cameras.example.org", "cameras")]
    [InlineData("spiffe://factory/line/", "camera-17.cameras.example.org", "cameras")]
    [InlineData("spiffe://elsewhere/line/4", "camera-17.cameras.example.org", "cameras")]
    public void The_first_rule_that_fits_names_subject_and_groups(string uri, string name, string groups)
    {
        var asked = new TestCertificate { CommonName = "common", Uris = [uri], Names = ["a.b.cameras.example.org", "Camera-17.Cameras.example.org"], Units = ["yard"] };

        var identity = CertificateIdentity.Read(_authority.Issue(asked), s_rules).Value;

        Assert.Equal((name, groups), (identity.Name, string.Join(',', identity.Groups)));
    }

    [Fact]
    public void A_rule_for_another_issuer_does_not_count_and_units_are_groups_where_a_rule_names_none()
    {
        var asked = new TestCertificate { CommonName = "common", Units = ["yard"] };
        SubjectRule[] rules =
        [
            new() { Issuer = "CN=Other CA", Take = CertificateName.CommonName, Groups = ["others"] }, new() { Issuer = "CN=Camera CA", Take = CertificateName.CommonName },
        ];

        var identity = CertificateIdentity.Read(_authority.Issue(asked), rules).Value;

        Assert.Equal(("common", "yard"), (identity.Name, Assert.Single(identity.Groups)));
    }

    [Fact]
    public void A_certificate_that_no_rule_fits_or_that_fits_one_twice_is_refused()
    {
        var none = CertificateIdentity.Read(_authority.Issue(new TestCertificate { CommonName = "common" }), s_rules);
        var twice = CertificateIdentity.Read(
            _authority.Issue(new TestCertificate { Names = ["one.cameras.example.org", "two.cameras.example.org"] }), s_rules);

        Assert.Equal((Refusal.ClientCertificateMisused, Refusal.ClientCertificateMisused), (none.Refusal, twice.Refusal));
        Assert.Contains("no name that a rule", none.Detail, StringComparison.Ordinal);
        Assert.Contains("several names", twice.Detail, StringComparison.Ordinal);
    }

    string Name(TestCertificate asked) => CertificateIdentity.Read(_authority.Issue(asked)).Value.Name;
}

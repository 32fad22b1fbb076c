using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Tls;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Tls;

public sealed class CertificateJudgeSpec : IDisposable
{
    readonly TestCertificates _authority = new();

    public void Dispose() => _authority.Dispose();

    [Theory]
    [InlineData("broker.example.org", true)]
    [InlineData("BROKER.example.org", true)]
    [InlineData("a.fleet.example.org", true)]
    [InlineData("a.b.fleet.example.org", false)]
    [InlineData("192.0.2.7", true)]
    [InlineData("192.0.2.8", false)]
    [InlineData("common.example.org", false)]
    [InlineData("no name at all", false)]
    [InlineData("", false)]
    public void A_name_counts_only_as_a_subject_alternative_name(string name, bool isFor)
    {
        var certificate = _authority.Issue(new TestCertificate
        {
            CommonName = "common.example.org",
            Names = ["broker.example.org", "*.fleet.example.org", "192.0.2.7"],
        });

        Assert.Equal(isFor, CertificateJudge.IsFor(certificate, name));
    }

    [Fact]
    public void A_common_name_alone_names_nothing() =>
        Assert.False(CertificateJudge.IsFor(_authority.Issue(new TestCertificate { CommonName = "localhost" }), "localhost"));

    [Theory]
    [InlineData(-1, CertificateFault.NotYetValid)]
    [InlineData(0, CertificateFault.None)]
    [InlineData(7, CertificateFault.None)]
    [InlineData(9, CertificateFault.Expired)]
    public void Dates_are_judged_at_the_time_given(int days, CertificateFault fault)
    {
        var certificate = _authority.Server();

        Assert.Equal(fault, Judged(certificate, _authority.Authorities, TimeProvider.System.GetUtcNow().AddDays(days).AddMinutes(-5)));
    }

    [Fact]
    public void Without_authorities_nobody_is_trusted() =>
        Assert.Equal(CertificateFault.Untrusted, Judged(_authority.Server(), [], TimeProvider.System.GetUtcNow()));

    [Fact]
    public void An_expired_certificate_of_a_stranger_is_untrusted_first()
    {
        using var stranger = new TestCertificates("Stranger");

        Assert.Equal(CertificateFault.Untrusted, Judged(stranger.Expired(), _authority.Authorities, TimeProvider.System.GetUtcNow()));
    }

    [Fact]
    public void An_authority_that_expired_spoils_what_it_issued()
    {
        var inThreeYears = TimeProvider.System.GetUtcNow().AddYears(3);
        var certificate = _authority.Issue(new TestCertificate { Names = ["localhost"], NotAfter = inThreeYears.AddDays(1) });

        Assert.Equal(CertificateFault.Expired, Judged(certificate, _authority.Authorities, inThreeYears));
    }

    static CertificateFault Judged(X509Certificate2 certificate, X509Certificate2Collection authorities, DateTimeOffset now)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy = CertificateJudge.PolicyFor(authorities, Purposes.Server, now, X509RevocationMode.NoCheck);
        chain.Build(certificate);
        return CertificateJudge.Judge(chain).Fault;
    }
}

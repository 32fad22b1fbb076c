using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Certificates;
using Gateway.Actors.Hosting;
using Gateway.Specs.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Gateway.Specs.Certificates;

public sealed class NodeCertificatesSpec : IDisposable
{
    readonly ConfigurationFolder _folder = new();
    readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());

    [Fact]
    public void Without_files_a_node_issues_itself_a_certificate_for_its_names_that_chains_to_the_published_authority()
    {
        var certificates = Open(new CertificateOptions { Names = ["gw.example.org", "192.0.2.1"] });

        var published = X509Certificate2.CreateFromPem(File.ReadAllText(_folder.PathOf("ca.crt")));
        var own = certificates.Current.TargetCertificate;
        Assert.True(Verifies(own, published));
        Assert.True(own.HasPrivateKey);
        Assert.True(own.MatchesHostname("gw.example.org") && own.MatchesHostname("192.0.2.1"));
        Assert.Equal(published.Thumbprint, Assert.Single(certificates.ClusterAuthorities).Thumbprint);
    }

    [Fact]
    public void The_authoritys_key_is_for_its_owner_alone()
    {
        Open(new CertificateOptions());

        if (OperatingSystem.IsWindows()) return;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.PathOf("ca.key")));
    }

    [Fact]
    public void A_node_that_starts_again_keeps_its_authority()
    {
        var first = Assert.Single(Open(new CertificateOptions()).ClusterAuthorities);

        var second = Assert.Single(Open(new CertificateOptions()).ClusterAuthorities);

        Assert.Equal(first.Thumbprint, second.Thumbprint);
    }

    [Fact]
    public void A_node_that_runs_for_days_never_presents_an_expired_certificate()
    {
        var certificates = Open(new CertificateOptions());
        var first = certificates.Current.TargetCertificate.Thumbprint;

        for (var hour = 0; hour < 100; hour++)
        {
            _time.Advance(TimeSpan.FromHours(1));
            Assert.True(certificates.Current.TargetCertificate.NotAfter.ToUniversalTime() > _time.GetUtcNow().AddHours(1).UtcDateTime);
        }

        Assert.NotEqual(first, certificates.Current.TargetCertificate.Thumbprint);
    }

    [Fact]
    public void A_key_without_its_certificate_stops_the_start_and_says_so()
    {
        Open(new CertificateOptions());
        File.Delete(_folder.PathOf("ca.crt"));

        var fault = Assert.Throws<InvalidDataException>(() => Open(new CertificateOptions()));

        Assert.Contains("ca.crt does not exist", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Named_files_are_used_with_the_chain_they_hold()
    {
        using var root = new TestCertificates("Root");
        var team = root.Intermediate();
        var (certificate, key) = TestCertificates.Write(team.Server(), _folder.Root, "node");
        File.AppendAllText(certificate, "\n" + team.Authority.ExportCertificatePem());
        var authorities = root.WriteAuthority(_folder.PathOf("root.crt"));

        var options = new CertificateOptions { CertificateFile = certificate, KeyFile = key, ClusterAuthoritiesFile = authorities };

        var certificates = Open(options);

        Assert.Contains(certificates.Current.IntermediateCertificates, c => c.Thumbprint == team.Authority.Thumbprint);
        Assert.False(File.Exists(_folder.PathOf("ca.key")));
    }

    [Fact]
    public void Renewed_files_are_taken_up_while_the_node_runs()
    {
        using var root = new TestCertificates("Root", _time);
        var options = Named(root, root.Server());
        var certificates = Open(options);
        var renewed = root.Server();
        TestCertificates.Write(renewed, _folder.Root, "node");

        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(renewed.Thumbprint, certificates.Current.TargetCertificate.Thumbprint);
    }

    [Fact]
    public void Renewed_files_are_taken_up_as_soon_on_a_node_whose_clock_was_set_back()
    {
        using var root = new TestCertificates("Root", _time);
        var clock = new SetClock(_time);
        var certificates = NodeCertificates.Open(Named(root, root.Server()), _folder.Root, clock);
        var renewed = root.Server();
        TestCertificates.Write(renewed, _folder.Root, "node");

        clock.Ahead = -TimeSpan.FromMinutes(10);
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(renewed.Thumbprint, certificates.Current.TargetCertificate.Thumbprint);
    }

    [Fact]
    public void Files_that_do_not_belong_together_change_nothing_until_they_do()
    {
        using var root = new TestCertificates("Root", _time);
        var options = Named(root, root.Server());
        var certificates = Open(options);
        var (before, renewed) = (certificates.Current.TargetCertificate.Thumbprint, root.Server());
        File.WriteAllText(options.CertificateFile!, renewed.ExportCertificatePem());
        _time.Advance(TimeSpan.FromMinutes(1));
        var between = certificates.Current.TargetCertificate.Thumbprint;

        TestCertificates.Write(renewed, _folder.Root, "node");
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal((before, renewed.Thumbprint), (between, certificates.Current.TargetCertificate.Thumbprint));
    }

    [Fact]
    public void An_expired_certificate_stops_the_start_and_says_so()
    {
        using var root = new TestCertificates("Root", _time);

        var fault = Assert.Throws<InvalidDataException>(() => Open(Named(root, root.Expired())));

        Assert.Contains("node.crt has expired; renew it", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_that_slept_for_a_week_presents_a_valid_certificate_when_it_wakes()
    {
        var certificates = Open(new CertificateOptions());
        var first = certificates.Current.TargetCertificate;

        _time.AdjustTime(_time.GetUtcNow().AddDays(7));

        Assert.True(first.NotAfter.ToUniversalTime() < _time.GetUtcNow().UtcDateTime);
        Assert.True(certificates.Current.TargetCertificate.NotAfter.ToUniversalTime() > _time.GetUtcNow().UtcDateTime);
    }

    public void Dispose() => _folder.Dispose();

    INodeCertificates Open(CertificateOptions options) => NodeCertificates.Open(options, _folder.Root, _time);

    CertificateOptions Named(TestCertificates root, X509Certificate2 certificate)
    {
        var (file, key) = TestCertificates.Write(certificate, _folder.Root, "node");
        var authorities = root.WriteAuthority(_folder.PathOf("root.crt"));
        return new CertificateOptions { CertificateFile = file, KeyFile = key, ClusterAuthoritiesFile = authorities };
    }

    static bool Verifies(X509Certificate2 certificate, X509Certificate2 authority)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate);
    }
}

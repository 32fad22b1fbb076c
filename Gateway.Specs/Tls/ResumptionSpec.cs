using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Connections;
using Gateway.Actors.Hosting;
using Gateway.Actors.Registry;
using Gateway.Actors.Tls.OpenSsl;
using Gateway.Protocols;
using Gateway.Specs.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Gateway.Specs.Tls;

/// <summary>A client of <c>openssl</c> resumes, with a certificate too, and what was judged once is judged again each time.</summary>
public sealed class ResumptionSpec : IDisposable
{
    const string Resumed = "Reused, TLSv1";
    const string Anew = "New, TLSv1";

    readonly OpenSslFront _front = new();
    readonly TestCertificates _people = new("People CA");

    string Session => _front.Folder.PathOf("session");

    [RequiresTheory("openssl")]
    [InlineData(ClientCertificateRule.None, "-tls1_3", Resumed)]
    [InlineData(ClientCertificateRule.None, "-tls1_2", Resumed)]
    // Who showed no certificate is asked for one again.
    [InlineData(ClientCertificateRule.Optional, "-tls1_3", Anew)]
    public async Task A_client_without_a_certificate_resumes_where_it_is_not_asked_for_one(ClientCertificateRule rule, string version, string line)
    {
        var profile = Profile(rule);
        await _front.MeetAsync(profile, $"{version} -sess_out {Session}");

        var (_, client) = await _front.MeetAsync(profile, $"{version} -sess_in {Session}");

        Assert.Contains(line, client, StringComparison.Ordinal);
    }

    [RequiresTheory("openssl")]
    [InlineData(ClientCertificateRule.Required, "-tls1_3")]
    [InlineData(ClientCertificateRule.Optional, "-tls1_3")]
    [InlineData(ClientCertificateRule.Required, "-tls1_2")]
    public async Task A_client_resumes_with_the_certificate_it_showed_and_its_intermediates(ClientCertificateRule rule, string version)
    {
        var team = _people.Intermediate("Team CA");
        var anna = Write(team.Client("anna"), team);
        var profile = Profile(rule);
        var (first, _) = await _front.MeetAsync(profile, $"{version} {anna} -sess_out {Session}");

        var (second, told) = await _front.MeetAsync(profile, $"{version} -sess_in {Session} -sess_out {Session}");
        var (third, toldAgain) = await _front.MeetAsync(profile, $"{version} -sess_in {Session}");

        Assert.Contains(Resumed, told, StringComparison.Ordinal);
        Assert.Contains(Resumed, toldAgain, StringComparison.Ordinal);
        Assert.Equal(first.Client.CertificateSha256, second.Client.CertificateSha256);
        Assert.Equal(first.Client.CertificateSha256, third.Client.CertificateSha256);
    }

    [RequiresTheory("openssl")]
    [InlineData("-tls1_3")]
    [InlineData("-tls1_2")]
    public async Task A_certificate_that_expired_since_is_not_resumed_with(string version)
    {
        var anna = Write(_people.Client("anna"), _people);
        var profile = Profile(ClientCertificateRule.Required);
        await _front.MeetAsync(profile, $"{version} {anna} -sess_out {Session}");
        var later = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddDays(60));

        var (gateway, client) = await _front.MeetAsync(profile, $"{version} {anna} -sess_in {Session}", time: later);

        Assert.DoesNotContain(Resumed, client, StringComparison.Ordinal);
        Assert.Equal(Refusal.ClientCertificateExpired, gateway.Verdict.Refusal);
    }

    [RequiresFact("openssl")]
    public async Task A_certificate_whose_authority_is_trusted_no_more_is_not_resumed_with()
    {
        using var others = new TestCertificates("Other CA");
        var anna = Write(_people.Client("anna"), _people);
        var profile = Profile(ClientCertificateRule.Required);
        await _front.MeetAsync(profile, $"{anna} -sess_out {Session}");

        var (gateway, _) = await _front.MeetAsync(
            profile with { ClientTls = profile.ClientTls with { ClientAuthorities = others.Authorities } }, $"{anna} -sess_in {Session}");

        Assert.Equal(Refusal.ClientCertificateUntrusted, gateway.Verdict.Refusal);
    }

    [RequiresFact("openssl")]
    public async Task A_certificate_that_was_revoked_since_is_refused_although_it_resumes()
    {
        await using var authority = await OpenSslAuthority.MakeAsync();
        var (file, key) = await authority.IssueAsync("client", "anna");
        await authority.WriteListAsync();
        var (before, after) = (_front.Folder.PathOf("before.crl"), authority.ListFile);
        File.Copy(after, before);
        await authority.RevokeAsync(file);
        await authority.WriteListAsync();
        var profile = Profile(ClientCertificateRule.Required);
        profile = profile with { ClientTls = profile.ClientTls with { ClientAuthorities = [X509CertificateLoader.LoadCertificateFromFile(authority.CertificateFile)] } };

        var (first, _) = await _front.MeetAsync(By(profile, before), $"-cert {file} -key {key} -sess_out {Session}");
        var (second, told) = await _front.MeetAsync(By(profile, after), $"-sess_in {Session}");

        Assert.True(first.Verdict.IsGranted);
        Assert.Contains(Resumed, told, StringComparison.Ordinal);
        Assert.Equal(Refusal.ClientCertificateRevoked, second.Verdict.Refusal);
    }

    [RequiresFact("openssl")]
    public async Task A_client_resumes_on_another_node_that_derives_the_same_keys()
    {
        var secret = ClusterKey.Ephemeral();
        using var another = new OpenSslFront(Ring(secret));
        using var one = new OpenSslFront(Ring(secret));
        using var stranger = new OpenSslFront(Ring(ClusterKey.Ephemeral()));
        var anna = Write(_people.Client("anna"), _people);
        var profile = Profile(ClientCertificateRule.Required);
        await one.MeetAsync(profile, $"{anna} -sess_out {Session}");

        var (_, there) = await another.MeetAsync(profile, $"{anna} -sess_in {Session}");
        var (_, elsewhere) = await stranger.MeetAsync(profile, $"{anna} -sess_in {Session}");

        Assert.Contains(Resumed, there, StringComparison.Ordinal);
        Assert.Contains(Anew, elsewhere, StringComparison.Ordinal);
    }

    [RequiresTheory("openssl")]
    [InlineData("-tls1_3")]
    [InlineData("-tls1_2")]
    public async Task A_ticket_of_one_connection_opens_no_other(string version)
    {
        await _front.MeetAsync(Profile(ClientCertificateRule.None), $"{version} -sess_out {Session}");

        var (other, told) = await _front.MeetAsync(Profile(ClientCertificateRule.None) with { Name = "another" }, $"{version} -sess_in {Session}");
        var (stricter, _) = await _front.MeetAsync(Profile(ClientCertificateRule.Required), $"{version} -sess_in {Session}");

        Assert.Contains(Anew, told, StringComparison.Ordinal);
        Assert.True(other.Verdict.IsGranted);
        Assert.Equal(Refusal.ClientCertificateMissing, stricter.Verdict.Refusal);
    }

    [RequiresTheory("openssl")]
    [InlineData("another", "-tls1_3", "-tls1_3")]
    [InlineData("another", "-tls1_2", "-tls1_2")]
    [InlineData("telemetry", "-tls1_3 -ciphersuites TLS_AES_256_GCM_SHA384", "-tls1_3 -ciphersuites TLS_AES_128_GCM_SHA256")]
    public async Task A_ticket_that_is_passed_over_leaves_nobodys_certificate_behind(string name, string first, string second)
    {
        var anna = Write(_people.Client("anna"), _people);
        var profile = Profile(ClientCertificateRule.Optional) with { Name = "telemetry" };
        var (shown, _) = await _front.MeetAsync(profile, $"{first} {anna} -sess_out {Session}");

        // Whoever has the ticket need not have the key: it crosses the network in the clear.
        var (gateway, told) = await _front.MeetAsync(profile with { Name = name }, $"{second} -sess_in {Session}");

        Assert.NotNull(shown.Client.CertificateSha256);
        Assert.Contains(Anew, told, StringComparison.Ordinal);
        Assert.True(gateway.Verdict.IsGranted);
        Assert.Null(gateway.Client.CertificateSha256);
        Assert.Null(gateway.Verdict.Value.ClientCertificate());
    }

    [RequiresFact("openssl")]
    public async Task A_client_that_is_told_nothing_is_given_no_ticket()
    {
        await _front.MeetAsync(Profile(ClientCertificateRule.None), $"-tls1_3 -sess_out {Session}", says: false);

        Assert.False(File.Exists(Session));
    }

    [RequiresFact("openssl")]
    public async Task A_chain_too_long_for_a_ticket_is_shown_anew()
    {
        var team = _people.Intermediate(new string('x', 7000));
        var anna = Write(team.Client("anna"), team);
        var profile = Profile(ClientCertificateRule.Required);
        var (first, _) = await _front.MeetAsync(profile, $"{anna} -sess_out {Session}");

        var (second, told) = await _front.MeetAsync(profile, $"{anna} -sess_in {Session}");

        Assert.Contains(Anew, told, StringComparison.Ordinal);
        Assert.True(first.Verdict.IsGranted && second.Verdict.IsGranted);
    }

    public void Dispose()
    {
        _people.Dispose();
        _front.Dispose();
    }

    static TicketKeyRing Ring(ClusterKey key) => new(TimeProvider.System, hour => DerivedTicketKeys.Of(key, hour));

    static ConnectionProfile By(ConnectionProfile profile, string list) =>
        profile with { ClientTls = profile.ClientTls with { Revocation = new RevocationRules(RevocationRule.Hard, list) } };

    string Write(X509Certificate2 certificate, TestCertificates issuer)
    {
        var (file, key) = TestCertificates.Write(certificate, _front.Folder.Root, "anna");
        return $"-cert {file} -key {key}" + (issuer == _people ? "" : $" -cert_chain {issuer.WriteAuthority(_front.Folder.PathOf("team.crt"))}");
    }

    ConnectionProfile Profile(ClientCertificateRule rule) => TestProfiles.For(
        TestProfiles.Tls13 with { AllowTls12 = true, ClientCertificate = rule, ClientAuthorities = _people.Authorities });
}

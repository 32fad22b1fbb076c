using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Connections;
using Gateway.Actors.Tls;
using Gateway.Protocols;
using Gateway.Specs.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Gateway.Specs.Tls;

public sealed class ClientCertificateOverOpenSslSpec() : ClientCertificateSpec("openssl");

public sealed class ClientCertificateOverSslStreamSpec() : ClientCertificateSpec("sslstream");

public abstract class ClientCertificateSpec(string engine) : IDisposable
{
    readonly TestCertificates _people = new("People CA");
    readonly HandshakeBench _bench = new(engine);

    public void Dispose()
    {
        _bench.Dispose();
        _people.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_good_certificate_is_handed_on_and_described_by_its_hash()
    {
        var anna = _people.Client("anna");

        var gateway = await MeetAsync(ClientCertificateRule.Required, anna);

        Assert.True(gateway.Verdict.IsGranted, gateway.Verdict.Detail);
        Assert.Equal(anna.RawData, gateway.Verdict.Value.ClientCertificate()!.RawData);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(anna.RawData)), gateway.Client.CertificateSha256);
    }

    [Theory]
    [InlineData("stranger", Refusal.ClientCertificateUntrusted)]
    [InlineData("self-signed", Refusal.ClientCertificateUntrusted)]
    [InlineData("expired", Refusal.ClientCertificateExpired)]
    [InlineData("early", Refusal.ClientCertificateNotYetValid)]
    [InlineData("server's", Refusal.ClientCertificateMisused)]
    public async Task A_bad_certificate_is_refused_by_the_name_of_its_fault(string kind, Refusal refusal)
    {
        using var strangers = new TestCertificates("Strangers CA");
        var certificate = kind switch
        {
            "stranger" => strangers.Client("anna"),
            "self-signed" => _people.SelfSigned("anna"),
            "expired" => _people.Expired("anna"),
            "early" => _people.NotYetValid("anna"),
            _ => _people.ForServersOnly("anna"),
        };

        var gateway = await MeetAsync(ClientCertificateRule.Optional, certificate);

        Assert.Equal(refusal, gateway.Verdict.Refusal);
        Assert.Equal(TlsFacts.Sha256(certificate), gateway.Client.CertificateSha256);
    }

    [Theory]
    [InlineData(ClientCertificateRule.Required, Refusal.ClientCertificateMissing)]
    [InlineData(ClientCertificateRule.Optional, Refusal.None)]
    [InlineData(ClientCertificateRule.None, Refusal.None)]
    public async Task No_certificate_is_refused_only_where_one_is_required(ClientCertificateRule rule, Refusal refusal)
    {
        var gateway = await MeetAsync(rule, certificate: null);

        Assert.Equal(refusal, gateway.Verdict.Refusal);
    }

    [Fact]
    public async Task A_certificate_that_is_not_asked_for_plays_no_part()
    {
        var gateway = await MeetAsync(ClientCertificateRule.None, _people.Client("anna"));

        Assert.Null(gateway.Verdict.Value.ClientCertificate());
    }

    [Theory]
    [InlineData(true, Refusal.None)]
    [InlineData(false, Refusal.ClientCertificateUntrusted)]
    public async Task The_intermediates_that_a_client_sends_complete_its_chain(bool areSent, Refusal refusal)
    {
        var team = _people.Intermediate("Team CA");
        var context = SslStreamCertificateContext.Create(team.Client("anna"), areSent ? team.Authorities : null, offline: true);

        var (gateway, _) = await _bench.MeetAsync(
            Profile(ClientCertificateRule.Required), options => options.ClientCertificateContext = context);

        Assert.Equal(refusal, gateway.Verdict.Refusal);
    }

    [Theory]
    [InlineData(true, Refusal.None)]
    [InlineData(false, Refusal.ClientCertificateNotPinned)]
    public async Task A_client_s_chain_must_hold_a_pinned_key(bool isPinned, Refusal refusal)
    {
        using var others = new TestCertificates();
        var profile = Profile(ClientCertificateRule.Required);
        var rules = new TlsRules { Pins = [CertificateJudge.PinOf((isPinned ? _people : others).Authority)] };

        var (gateway, _) = await _bench.MeetAsync(
            profile with { ClientTls = profile.ClientTls with { Rules = rules } }, options => options.ClientCertificates = [_people.Client("anna")]);

        Assert.Equal(refusal, gateway.Verdict.Refusal);
    }

    [Theory]
    [InlineData(true, Refusal.None)]
    [InlineData(false, Refusal.ClientCertificateUntrusted)]
    public async Task One_self_signed_client_can_be_trusted(bool isTrusted, Refusal refusal)
    {
        var (anna, other) = (_people.SelfSigned("anna.example.org"), _people.SelfSigned("anna.example.org"));
        var rules = new TlsRules { Trusted = TlsFacts.Sha256(isTrusted ? anna : other) };
        var profile = TestProfiles.For(TestProfiles.Tls13 with { ClientCertificate = ClientCertificateRule.Required, Rules = rules });

        var (gateway, _) = await _bench.MeetAsync(profile, options => options.ClientCertificates = [anna]);

        Assert.Equal(refusal, gateway.Verdict.Refusal);
    }

    [Fact]
    public async Task Tls_1_2_judges_certificates_just_the_same()
    {
        var profile = Profile(ClientCertificateRule.Required);
        profile = profile with { ClientTls = profile.ClientTls with { AllowTls12 = true } };

        var (gateway, _) = await _bench.MeetAsync(profile, options =>
        {
            options.EnabledSslProtocols = System.Security.Authentication.SslProtocols.Tls12;
            options.ClientCertificates = [_people.Expired("anna")];
        });

        Assert.Equal(Refusal.ClientCertificateExpired, gateway.Verdict.Refusal);
    }

    [Fact]
    public async Task The_gateways_clock_decides_what_has_expired()
    {
        using var later = new HandshakeBench(engine) { Time = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddDays(60)) };

        var (gateway, _) = await later.MeetAsync(
            Profile(ClientCertificateRule.Required), options => options.ClientCertificates = [_people.Client("anna")]);

        Assert.Equal(Refusal.ClientCertificateExpired, gateway.Verdict.Refusal);
    }

    async Task<ClientHandshake> MeetAsync(ClientCertificateRule rule, X509Certificate2? certificate)
    {
        var (gateway, _) = await _bench.MeetAsync(Profile(rule), options =>
        {
            if (certificate is not null) options.ClientCertificates = [certificate];
        });
        return gateway;
    }

    ConnectionProfile Profile(ClientCertificateRule rule) =>
        TestProfiles.For(TestProfiles.Tls13 with { ClientCertificate = rule, ClientAuthorities = _people.Authorities });
}

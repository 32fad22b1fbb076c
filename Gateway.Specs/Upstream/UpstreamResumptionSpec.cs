using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Connections;
using Gateway.Actors.Tls;
using Gateway.Actors.Upstream;
using Gateway.Protocols;
using Gateway.Specs.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Gateway.Specs.Upstream;

/// <summary>The gateway resumes at its upstreams, and judges what an upstream proved before as if it proved it now.</summary>
public sealed class UpstreamResumptionSpec : IDisposable
{
    readonly TestCertificates _authority = new("Upstream CA");
    readonly TestCertificates _strangers = new("Strangers CA");
    readonly GrantBench _grants = new();
    readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(60));
    readonly UpstreamDialer _dialer = new(EngineBench.Engine("openssl"), NoRevocation.Asked);

    [Theory]
    [InlineData(SslProtocols.Tls13)]
    [InlineData(SslProtocols.Tls12)]
    public async Task A_second_leg_resumes_and_knows_the_upstream_as_the_first_did(SslProtocols version)
    {
        var team = _authority.Intermediate();
        await using var upstream = new TicketUpstream(Served(team.Server(), team.Authorities, version));
        var target = TestProfiles.Upstream(upstream.Port, _authority.Authorities) with { AllowTls12 = true };

        var legs = new[] { await EchoOnceAsync(target), await EchoOnceAsync(target), await EchoOnceAsync(target) };

        Assert.Equal([false, true, true], legs.Select(leg => leg.IsResumed));
        Assert.Single(legs.Select(leg => (leg.TlsVersion, leg.TlsSuite, leg.CertificateSha256)).Distinct());
        Assert.NotNull(legs[2].CertificateSha256);
    }

    [Fact]
    public async Task Another_proof_of_the_gateways_own_or_another_name_or_rule_makes_a_full_handshake()
    {
        var options = Served(_authority.Server(), [], SslProtocols.Tls13);
        options.ClientCertificateRequired = true;
        options.CertificateChainPolicy = CertificateJudge.PolicyFor(_authority.Authorities, Purposes.Client, _time.GetUtcNow(), X509RevocationMode.NoCheck);
        options.RemoteCertificateValidationCallback = (_, _, chain, _) => CertificateJudge.Judge(chain!).Fault == CertificateFault.None;
        await using var upstream = new TicketUpstream(options);
        var target = TestProfiles.Upstream(upstream.Port, _authority.Authorities) with { ClientCertificate = _authority.Client("gateway-7") };
        await EchoOnceAsync(target);

        var others = new[]
        {
            target with { ClientCertificate = _authority.Client("gateway-7") },
            target with { ClientCertificate = _authority.Client("gateway-8") },
            target with { ServerName = "127.0.0.1", OtherNames = ["localhost"] },
            target with { AllowTls12 = true },
            target with { Rules = new TlsRules { Suites = [TlsCipherSuite.TLS_AES_128_GCM_SHA256] } },
            target with { Rules = new TlsRules { Groups = ["P-256"] } },
        };
        foreach (var other in others) Assert.False((await EchoOnceAsync(other)).IsResumed);

        Assert.True((await EchoOnceAsync(target)).IsResumed);
    }

    [Fact]
    public async Task What_an_upstream_proved_before_is_judged_by_the_authorities_the_pins_and_the_names_of_now()
    {
        var certificate = _authority.Server();
        await using var upstream = new TicketUpstream(Served(certificate, [], SslProtocols.Tls13));
        var target = TestProfiles.Upstream(upstream.Port, _authority.Authorities);
        await EchoOnceAsync(target);

        Assert.Equal(Refusal.UpstreamCertificateUntrusted, await RefusedAsync(target with { Authorities = _strangers.Authorities }));
        await EchoOnceAsync(target);
        Assert.Equal(
            Refusal.UpstreamCertificateNotPinned,
            await RefusedAsync(target with { Rules = new TlsRules { Pins = [CertificateJudge.PinOf(_strangers.Authority)] } }));
        await EchoOnceAsync(target);
        Assert.True((await EchoOnceAsync(target with { Rules = new TlsRules { Pins = [CertificateJudge.PinOf(certificate)] } })).IsResumed);
    }

    [Fact]
    public async Task A_certificate_that_expired_since_is_refused_by_that_name_and_one_in_its_place_is_not()
    {
        var now = _time.GetUtcNow();
        var brief = _authority.Issue(new TestCertificate { Names = ["localhost"], NotBefore = now.AddDays(-1), NotAfter = now.AddMinutes(5) });
        var lasting = _authority.Server();
        await using var upstream = new TicketUpstream(Served(brief, [], SslProtocols.Tls13));
        var target = TestProfiles.Upstream(upstream.Port, _authority.Authorities);
        await EchoOnceAsync(target);
        _time.Advance(TimeSpan.FromMinutes(6));

        Assert.Equal(Refusal.UpstreamCertificateExpired, await RefusedAsync(target));

        upstream.Terms = Served(lasting, [], SslProtocols.Tls13);
        var leg = await EchoOnceAsync(target);
        Assert.Equal((false, TlsFacts.Sha256(lasting)), (leg.IsResumed, leg.CertificateSha256));
    }

    [Fact]
    public async Task An_upstream_proves_its_key_in_full_once_an_hour_however_often_it_is_resumed()
    {
        await using var upstream = new TicketUpstream(Served(_authority.Server(), [], SslProtocols.Tls13));
        var target = TestProfiles.Upstream(upstream.Port, _authority.Authorities);
        using var open = await DialAsync(target);
        await EchoOnceAsync(target);

        for (var minute = 20; minute < 60; minute += 20)
        {
            _time.Advance(TimeSpan.FromMinutes(20));
            Assert.True((await EchoOnceAsync(target)).IsResumed);
        }

        _time.Advance(TimeSpan.FromMinutes(20));
        using var anew = await DialAsync(target);
        await EchoAsync(open);

        Assert.False(anew.IsResumed);
        Assert.False((await DialAsync(target)).IsResumed);
        await EchoAsync(anew);
        Assert.True((await EchoOnceAsync(target)).IsResumed);
    }

    [RequiresTheory("openssl")]
    [InlineData("-tls1_3", false)]
    [InlineData("-tls1_2", true)]
    public async Task A_ticket_of_tls_1_3_is_used_once(string version, bool isUsedAgain)
    {
        using var folder = new ConfigurationFolder();
        await using var upstream = await OpenSslServer.StartAsync(
            TestCertificates.Write(_authority.Server(), folder.Root, "server"), version, "-num_tickets", "1", "-rev");
        var target = TestProfiles.Upstream(upstream.Port, _authority.Authorities) with { AllowTls12 = true };
        using (var first = await DialAsync(target)) await ReversedAsync(first);

        using (var second = await DialAsync(target)) Assert.True(second.IsResumed);
        using var third = await DialAsync(target);

        Assert.Equal(isUsedAgain, third.IsResumed);
    }

    [Fact]
    public async Task An_upstream_that_knows_its_tickets_no_more_is_met_with_a_full_handshake()
    {
        await using var upstream = new TicketUpstream(Served(_authority.Server(), [], SslProtocols.Tls13));
        var target = TestProfiles.Upstream(upstream.Port, _authority.Authorities);
        await EchoOnceAsync(target);

        upstream.Engine = TicketUpstream.NewEngine();

        Assert.False((await EchoOnceAsync(target)).IsResumed);
        Assert.True((await EchoOnceAsync(target)).IsResumed);
    }

    [Fact]
    public async Task An_operators_probe_has_the_upstream_prove_itself_in_full()
    {
        await using var upstream = new TicketUpstream(Served(_authority.Server(), [], SslProtocols.Tls13));
        var target = TestProfiles.Upstream(upstream.Port, _authority.Authorities);
        await EchoOnceAsync(target);
        var secrets = new UpstreamSecrets(new RefusingSecrets(), new UpstreamTokens(_time));
        var profile = TestProfiles.For(TestProfiles.Tls13) with { Upstream = target };

        await new UpstreamProbe(_dialer, secrets, _time, TimeSpan.FromSeconds(20)).RunAsync(profile, _deadline.Token);
        await EchoOnceAsync(target);

        Assert.Equal([false, false, true], upstream.Resumed);
    }

    [Fact]
    public async Task Sixteen_sessions_of_an_upstream_are_kept_each_for_one_leg()
    {
        await using var upstream = new TicketUpstream(Served(_authority.Server(), [], SslProtocols.Tls13));
        var target = TestProfiles.Upstream(upstream.Port, _authority.Authorities);
        var given = await DialAllAsync(target, 20);
        foreach (var leg in given) await EchoAsync(leg);

        var taken = await DialAllAsync(target, 20);

        Assert.Equal(16, taken.Count(leg => leg.IsResumed));
        foreach (var leg in given.Concat(taken)) leg.Dispose();
    }

    public void Dispose()
    {
        _authority.Dispose();
        _strangers.Dispose();
        _grants.Dispose();
        _deadline.Dispose();
    }

    static SslServerAuthenticationOptions Served(X509Certificate2 certificate, X509Certificate2Collection intermediates, SslProtocols version) => new()
    {
        ServerCertificateContext = SslStreamCertificateContext.Create(certificate, intermediates, offline: true),
        EnabledSslProtocols = version,
    };

    async Task<UpstreamConnection> DialAsync(UpstreamTarget target) =>
        (await _dialer.DialAsync(await _grants.GrantAsync(target), _time, _deadline.Token)).Value;

    async Task<Refusal> RefusedAsync(UpstreamTarget target) =>
        (await _dialer.DialAsync(await _grants.GrantAsync(target), _time, _deadline.Token)).Refusal;

    /// <summary>One byte there and back, so that the ticket for the next leg has arrived.</summary>
    async Task<UpstreamConnection> EchoOnceAsync(UpstreamTarget target)
    {
        using var connection = await DialAsync(target);
        await EchoAsync(connection);
        return connection;
    }

    async Task<List<UpstreamConnection>> DialAllAsync(UpstreamTarget target, int count)
    {
        var legs = new List<UpstreamConnection>();
        while (legs.Count < count) legs.Add(await DialAsync(target));
        return legs;
    }

    async Task EchoAsync(UpstreamConnection connection)
    {
        await connection.Stream.WriteAsync(new byte[1], _deadline.Token);
        await connection.Stream.ReadExactlyAsync(new byte[1], _deadline.Token);
    }

    async Task ReversedAsync(UpstreamConnection connection)
    {
        await connection.Stream.WriteAsync("ab\n"u8.ToArray(), _deadline.Token);
        var answer = new byte[3];
        await connection.Stream.ReadExactlyAsync(answer, _deadline.Token);
        Assert.Equal("ba\n"u8.ToArray(), answer);
    }
}

using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors;
using Gateway.Actors.Connections;
using Gateway.Actors.Tls;
using Gateway.Actors.Tls.OpenSsl;
using Gateway.Actors.Upstream;
using Gateway.Protocols;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Upstream;

public sealed class UpstreamDialerOverOpenSslSpec() : UpstreamDialerSpec("openssl");

public sealed class UpstreamDialerOverSslStreamSpec() : UpstreamDialerSpec("sslstream");

public abstract class UpstreamDialerSpec(string engine) : IDisposable
{
    readonly TestCertificates _authority = new("Upstream CA");
    readonly TestCertificates _strangers = new("Strangers CA");
    readonly GrantBench _grants = new();
    readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(20));

    public static TheoryData<string, Refusal> Faults => new()
    {
        { "untrusted", Refusal.UpstreamCertificateUntrusted },
        { "self-signed", Refusal.UpstreamCertificateUntrusted },
        { "expired", Refusal.UpstreamCertificateExpired },
        { "not yet valid", Refusal.UpstreamCertificateNotYetValid },
        { "for clients only", Refusal.UpstreamCertificateMisused },
        { "misnamed", Refusal.UpstreamNameMismatch },
        { "common name only", Refusal.UpstreamNameMismatch },
    };

    [Fact]
    public async Task A_verified_upstream_is_a_stream_with_facts_for_the_record()
    {
        var certificate = _authority.Server();
        await using var upstream = new TlsUpstream(certificate, TlsUpstream.EchoAsync);

        using var connection = (await DialAsync(TestProfiles.Upstream(upstream.Port, _authority.Authorities))).Value;
        await connection.Stream.WriteAsync("ping"u8.ToArray(), _deadline.Token);
        var answer = new byte[4];
        await connection.Stream.ReadExactlyAsync(answer, _deadline.Token);

        Assert.Equal("ping"u8.ToArray(), answer);
        Assert.Equal(("TLS 1.3", TlsFacts.Sha256(certificate)), (connection.TlsVersion, connection.CertificateSha256));
        Assert.Equal($"127.0.0.1:{upstream.Port}", connection.Address);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_faulty_certificate_is_refused_by_name_before_an_application_byte_is_sent(string fault, Refusal refusal)
    {
        var read = new ConcurrentQueue<int>();
        await using var upstream = new TlsUpstream(Certificate(fault), async stream => read.Enqueue(await stream.ReadAsync(new byte[100])));

        var verdict = await DialAsync(TestProfiles.Upstream(upstream.Port, _authority.Authorities));

        Assert.Equal(refusal, verdict.Refusal);
        await upstream.FinishedAsync();
        Assert.All(read, bytes => Assert.Equal(0, bytes));
    }

    [Theory]
    [InlineData("leaf", Refusal.None)]
    [InlineData("authority", Refusal.None)]
    [InlineData("in reserve", Refusal.None)]
    [InlineData("other", Refusal.UpstreamCertificateNotPinned)]
    public async Task A_pin_is_the_key_of_the_certificate_or_of_an_authority_of_its_chain(string pinned, Refusal refusal)
    {
        var certificate = _authority.Server();
        await using var upstream = new TlsUpstream(certificate, TlsUpstream.EchoAsync);
        var (leaf, authority, other) = (CertificateJudge.PinOf(certificate), CertificateJudge.PinOf(_authority.Authority), CertificateJudge.PinOf(_strangers.Authority));
        string[] pins = pinned switch { "leaf" => [leaf], "authority" => [authority], "in reserve" => [other, leaf], _ => [other] };

        var verdict = await DialAsync(TestProfiles.Upstream(upstream.Port, _authority.Authorities) with { Rules = new TlsRules { Pins = pins } });

        Assert.Equal(refusal, verdict.Refusal);
        if (verdict.IsGranted) verdict.Value.Dispose();
    }

    [Theory]
    [InlineData("itself", "localhost", Refusal.None)]
    [InlineData("itself", "elsewhere.example.org", Refusal.UpstreamNameMismatch)]
    [InlineData("another", "localhost", Refusal.UpstreamCertificateUntrusted)]
    [InlineData("expired", "localhost", Refusal.UpstreamCertificateExpired)]
    [InlineData("for clients only", "localhost", Refusal.UpstreamCertificateMisused)]
    public async Task One_self_signed_certificate_can_be_trusted_and_is_judged_all_the_same(string which, string name, Refusal refusal)
    {
        var now = TimeProvider.System.GetUtcNow();
        var asked = new TestCertificate { Names = [name] };
        var certificate = which switch
        {
            "expired" => _authority.SelfSigned(asked with { NotBefore = now.AddDays(-2), NotAfter = now.AddDays(-1) }),
            "for clients only" => _authority.SelfSigned(asked with { ForServers = false }),
            _ => _authority.SelfSigned(asked),
        };
        var trusted = TlsFacts.Sha256(which == "another" ? _authority.SelfSigned(asked) : certificate);
        await using var upstream = new TlsUpstream(certificate, TlsUpstream.EchoAsync);

        var verdict = await DialAsync(TestProfiles.Upstream(upstream.Port, []) with { Rules = new TlsRules { Trusted = trusted } });

        Assert.Equal(refusal, verdict.Refusal);
        if (verdict.IsGranted) verdict.Value.Dispose();
    }

    [Theory]
    [InlineData("elsewhere.example.org", Refusal.None)]
    [InlineData("nowhere.example.org", Refusal.UpstreamNameMismatch)]
    public async Task An_upstream_may_carry_another_name_that_the_profile_gives(string name, Refusal refusal)
    {
        await using var upstream = new TlsUpstream(_authority.Server("elsewhere.example.org"), TlsUpstream.EchoAsync);

        var verdict = await DialAsync(TestProfiles.Upstream(upstream.Port, _authority.Authorities) with { OtherNames = [name] });

        Assert.Equal(refusal, verdict.Refusal);
        if (verdict.IsGranted) verdict.Value.Dispose();
    }

    [Fact]
    public async Task Only_the_suites_of_the_profile_are_offered()
    {
        await using var upstream = new TlsUpstream(_authority.Server(), TlsUpstream.EchoAsync);
        var rules = new TlsRules { Suites = [TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256] };

        using var connection = (await DialAsync(TestProfiles.Upstream(upstream.Port, _authority.Authorities) with { Rules = rules })).Value;

        Assert.Equal("TLS_CHACHA20_POLY1305_SHA256", connection.TlsSuite);
    }

    [Fact]
    public async Task A_second_leg_to_the_same_upstream_is_verified_like_the_first()
    {
        var team = _authority.Intermediate();
        var context = SslStreamCertificateContext.Create(team.Server(), team.Authorities, offline: true);
        var options = new SslServerAuthenticationOptions { ServerCertificateContext = context };
        await using var upstream = new TlsUpstream(options, TlsUpstream.EchoAsync);
        var target = TestProfiles.Upstream(upstream.Port, _authority.Authorities);

        var verdicts = new List<Refusal>();
        foreach (var authorities in new[] { _authority, _authority, _strangers })
            verdicts.Add(await EchoOnceAsync(target with { Authorities = authorities.Authorities }));

        Assert.Equal([Refusal.None, Refusal.None, Refusal.UpstreamCertificateUntrusted], verdicts);
    }

    [Fact]
    public async Task A_port_where_nobody_listens_is_unreachable()
    {
        using var reserved = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        reserved.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        var verdict = await DialAsync(TestProfiles.Upstream(((IPEndPoint)reserved.LocalEndPoint!).Port, _authority.Authorities));

        Assert.Equal(Refusal.UpstreamUnreachable, verdict.Refusal);
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_is_unreachable()
    {
        var verdict = await DialAsync(TestProfiles.Upstream(1, _authority.Authorities) with { Host = "no-such-host.invalid" });

        Assert.Equal(Refusal.UpstreamUnreachable, verdict.Refusal);
    }

    [Fact]
    public async Task An_upstream_that_never_answers_the_handshake_is_too_slow()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var target = TestProfiles.Upstream(((IPEndPoint)silent.LocalEndpoint).Port, _authority.Authorities);
        var grant = await _grants.GrantAsync(target);
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        var verdict = await new UpstreamDialer(EngineBench.Engine(engine), NoRevocation.Asked).DialAsync(grant, TimeProvider.System, soon.Token);

        Assert.Equal(Refusal.UpstreamTooSlow, verdict.Refusal);
    }

    [Fact]
    public async Task A_server_without_tls_is_a_failed_handshake()
    {
        using var plain = new TcpListener(IPAddress.Loopback, 0);
        plain.Start();
        var answering = AnswerPlainlyAsync(plain);

        var verdict = await DialAsync(TestProfiles.Upstream(((IPEndPoint)plain.LocalEndpoint).Port, _authority.Authorities));

        Assert.Equal(Refusal.UpstreamTlsFailed, verdict.Refusal);
        await answering;
    }

    [Fact]
    public async Task The_gateways_own_certificate_is_presented_to_an_upstream_that_asks_for_one()
    {
        var presented = new TaskCompletionSource<string?>();
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificate = _authority.Server(),
            ClientCertificateRequired = true,
            CertificateChainPolicy = Trust(),
        };
        await using var upstream = new TlsUpstream(options, stream =>
        {
            presented.TrySetResult(stream.RemoteCertificate?.Subject);
            return TlsUpstream.EchoAsync(stream);
        });
        var target = TestProfiles.Upstream(upstream.Port, _authority.Authorities) with
        {
            ClientCertificate = _authority.Client("gateway-7"),
        };

        using var connection = (await DialAsync(target)).Value;

        Assert.Equal("CN=gateway-7", await presented.Task.WaitAsync(_deadline.Token));
    }

    [Fact]
    public async Task Plaintext_is_spoken_only_where_the_profile_says_so()
    {
        using var plain = new TcpListener(IPAddress.Loopback, 0);
        plain.Start();
        var target = TestProfiles.Upstream(((IPEndPoint)plain.LocalEndpoint).Port, []) with { Plaintext = true };

        using var connection = (await DialAsync(target)).Value;

        Assert.Null(connection.TlsVersion);
        Assert.IsNotAssignableFrom<SslStream>(connection.Stream);
        Assert.IsNotType<OpenSslStream>(connection.Stream);
    }

    public void Dispose()
    {
        _authority.Dispose();
        _strangers.Dispose();
        _grants.Dispose();
        _deadline.Dispose();
        GC.SuppressFinalize(this);
    }

    async Task<Verdict<UpstreamConnection>> DialAsync(UpstreamTarget target) =>
        await new UpstreamDialer(EngineBench.Engine(engine), NoRevocation.Asked)
            .DialAsync(await _grants.GrantAsync(target), TimeProvider.System, _deadline.Token);

    /// <summary>One byte there and back, so that the ticket for the next leg has arrived.</summary>
    async Task<Refusal> EchoOnceAsync(UpstreamTarget target)
    {
        var verdict = await DialAsync(target);
        if (!verdict.IsGranted) return verdict.Refusal;
        using var connection = verdict.Value;
        await connection.Stream.WriteAsync(new byte[1], _deadline.Token);
        await connection.Stream.ReadExactlyAsync(new byte[1], _deadline.Token);
        return Refusal.None;
    }

    X509ChainPolicy Trust()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(_authority.Authorities);
        return policy;
    }

    X509Certificate2 Certificate(string fault) => fault switch
    {
        "untrusted" => _strangers.Server(),
        "self-signed" => _authority.SelfSigned(),
        "expired" => _authority.Expired(),
        "not yet valid" => _authority.NotYetValid(),
        "for clients only" => _authority.ForClientsOnly(),
        "misnamed" => _authority.Server("elsewhere.example.org"),
        _ => _authority.Issue(new TestCertificate { CommonName = "localhost" }),
    };

    static async Task AnswerPlainlyAsync(TcpListener plain)
    {
        using var client = await plain.AcceptTcpClientAsync();
        await client.GetStream().ReadAtLeastAsync(new byte[1], 1);
        await client.GetStream().WriteAsync("220 welcome\r\n"u8.ToArray());
    }
}

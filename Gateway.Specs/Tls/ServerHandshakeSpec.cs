using System.Security.Authentication;
using Gateway.Actors.Connections;
using Gateway.Protocols;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Tls;

public sealed class ServerHandshakeOverOpenSslSpec() : ServerHandshakeSpec("openssl");

public sealed class ServerHandshakeOverSslStreamSpec() : ServerHandshakeSpec("sslstream");

public abstract class ServerHandshakeSpec(string engine) : IDisposable
{
    static readonly ConnectionProfile s_strict = TestProfiles.For(TestProfiles.Tls13);
    static readonly ConnectionProfile s_older = TestProfiles.For(TestProfiles.Tls13 with { AllowTls12 = true });

    readonly HandshakeBench _bench = new(engine);

    public void Dispose()
    {
        _bench.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_client_within_the_rules_is_secured_and_its_leg_described()
    {
        var (gateway, _) = await _bench.MeetAsync(s_strict);

        Assert.True(gateway.Verdict.IsGranted, gateway.Verdict.Detail);
        Assert.Equal(("TLS 1.3", "localhost"), (gateway.Client.TlsVersion, gateway.Client.ServerName));
        Assert.Null(gateway.Client.CertificateSha256);
        Assert.StartsWith("TLS 1.3, ", gateway.Client.Offered, StringComparison.Ordinal);
        Assert.StartsWith("TLS_AES_", gateway.Client.TlsSuite, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_either_side_sends_arrives_at_the_other()
    {
        var (gateway, client) = await _bench.MeetAsync(s_strict);
        var secured = gateway.Verdict.Value.Stream;

        await client!.WriteAsync("ping"u8.ToArray(), _bench.Deadline);
        await secured.WriteAsync("pong"u8.ToArray(), _bench.Deadline);

        Assert.Equal("ping"u8.ToArray(), await TakeAsync(secured));
        Assert.Equal("pong"u8.ToArray(), await TakeAsync(client));
    }

    [Fact]
    public async Task A_hello_that_comes_byte_by_byte_loses_none()
    {
        var (gateway, client) = await _bench.MeetAsync(s_strict, wire: network => new DribblingStream(network));

        Assert.True(gateway.Verdict.IsGranted, gateway.Verdict.Detail);
        Assert.NotNull(client);
    }

    [Theory]
    [InlineData(false, Refusal.TlsVersionTooOld)]
    [InlineData(true, Refusal.None)]
    public async Task Tls_1_2_is_spoken_only_where_the_profile_allows_it(bool isAllowed, Refusal refusal)
    {
        var profile = isAllowed ? s_older : s_strict;

        var (gateway, _) = await _bench.MeetAsync(profile, client => client.EnabledSslProtocols = SslProtocols.Tls12);

        Assert.Equal((refusal, isAllowed ? "TLS 1.2" : null), (gateway.Verdict.Refusal, gateway.Client.TlsVersion));
    }

    [Fact]
    public async Task Where_tls_1_2_is_allowed_a_client_that_speaks_1_3_gets_1_3()
    {
        var (gateway, _) = await _bench.MeetAsync(s_older);

        Assert.Equal("TLS 1.3", gateway.Client.TlsVersion);
    }

    [Theory]
    [InlineData("openssl-tls12-only", Refusal.TlsVersionTooOld, "1503030002" + "0246")]
    [InlineData("openssl-tls10-only", Refusal.TlsVersionTooOld, "1503030002" + "0246")]
    [InlineData("openssl-without-name", Refusal.ServerNameMissing, "1503030002" + "026D")]
    [InlineData("curl", Refusal.ServerNameUnknown, "1503030002" + "0270")]
    public async Task A_refused_hello_is_answered_with_the_alert_that_says_why_and_nothing_else(
        string capture, Refusal refusal, string alert)
    {
        var named = TestProfiles.For(TestProfiles.Tls13 with { ServerNames = ["broker.example.org"] });

        var (gateway, answer) = await _bench.AnswerToAsync(HelloCapture.Load(capture), named);

        Assert.Equal((refusal, alert), (gateway.Verdict.Refusal, Convert.ToHexString(answer)));
    }

    [Fact]
    public async Task Weak_suites_are_refused_with_a_handshake_failure()
    {
        var cbcOnly = HelloCapture.Make(suites: "c009c013002f");

        var (gateway, answer) = await _bench.AnswerToAsync(cbcOnly, s_older);

        Assert.Equal((Refusal.TlsSuitesTooWeak, "15030300020228"), (gateway.Verdict.Refusal, Convert.ToHexString(answer)));
        Assert.Equal("TLS 1.2, 3 suites", gateway.Client.Offered);
    }

    [Fact]
    public async Task Plaintext_is_refused_by_name_and_gets_no_answer()
    {
        var (gateway, answer) = await _bench.AnswerToAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray(), s_strict);

        Assert.Equal((Refusal.PlaintextOnTlsPort, "looks like HTTP"), (gateway.Verdict.Refusal, gateway.Verdict.Detail));
        Assert.Empty(answer);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public async Task A_client_that_falls_silent_is_too_slow(int sent)
    {
        using var pair = await LoopbackPair.ConnectAsync();
        await pair.Client.SendAsync(HelloCapture.Load("curl").AsMemory(0, sent));
        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        var gateway = await _bench.SecureAsync(pair, s_strict, deadline.Token);

        Assert.Equal(Refusal.TlsHandshakeTooSlow, gateway.Verdict.Refusal);
    }

    [Fact]
    public async Task A_client_that_falls_silent_after_its_hello_is_too_slow()
    {
        using var pair = await LoopbackPair.ConnectAsync();
        await pair.Client.SendAsync(HelloCapture.Load("curl"));
        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));

        var gateway = await _bench.SecureAsync(pair, s_strict, deadline.Token);

        Assert.Equal((Refusal.TlsHandshakeTooSlow, "gateway.example.org"), (gateway.Verdict.Refusal, gateway.Client.ServerName));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(517)]
    public async Task A_client_that_leaves_during_the_handshake_failed_it(int sent)
    {
        using var pair = await LoopbackPair.ConnectAsync();
        await pair.Client.SendAsync(HelloCapture.Load("curl").AsMemory(0, sent));
        pair.Client.Dispose();

        var gateway = await _bench.SecureAsync(pair, s_strict);

        Assert.Equal(Refusal.TlsHandshakeFailed, gateway.Verdict.Refusal);
    }

    [Theory]
    [InlineData("mqtt", "mqtt")]
    [InlineData("tls", "")]
    public async Task An_application_protocol_is_confirmed_only_when_it_is_the_connections_own(string protocol, string confirmed)
    {
        var (_, client) = await _bench.MeetAsync(
            TestProfiles.For(TestProfiles.Tls13, protocol), options => options.ApplicationProtocols = [new("h2"), new("mqtt")]);

        Assert.Equal(confirmed, client!.NegotiatedApplicationProtocol.ToString());
    }

    static async Task<byte[]> TakeAsync(Stream stream)
    {
        var four = new byte[4];
        await stream.ReadExactlyAsync(four);
        return four;
    }
}

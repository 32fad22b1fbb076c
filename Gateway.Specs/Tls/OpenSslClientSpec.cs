using System.Net.Security;
using Gateway.Actors.Connections;
using Gateway.Protocols;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Tls;

/// <summary>What a client that is not .NET's can do: old versions, weak suites.</summary>
public sealed class OpenSslClientSpec : IDisposable
{
    static readonly ConnectionProfile s_strict = TestProfiles.For(TestProfiles.Tls13);
    static readonly ConnectionProfile s_older = TestProfiles.For(TestProfiles.Tls13 with { AllowTls12 = true });

    readonly OpenSslFront _front = new();

    public void Dispose() => _front.Dispose();

    [RequiresTheory("openssl")]
    [InlineData("-tls1", "offers TLS 1.0; TLS 1.2 is required")]
    [InlineData("-tls1_1", "offers TLS 1.1; TLS 1.2 is required")]
    public async Task Old_versions_are_refused_and_the_client_is_told(string version, string detail)
    {
        var (gateway, client) = await _front.MeetAsync(s_older, $"{version} -cipher DEFAULT@SECLEVEL=0");

        Assert.Equal((Refusal.TlsVersionTooOld, detail), (gateway.Verdict.Refusal, gateway.Verdict.Detail));
        Assert.Contains("alert protocol version", client, StringComparison.Ordinal);
    }

    [RequiresTheory("openssl")]
    [InlineData("AES128-SHA")]
    [InlineData("AES128-GCM-SHA256")]
    [InlineData("ECDHE-ECDSA-AES128-SHA256")]
    [InlineData("DHE-RSA-AES128-GCM-SHA256")]
    public async Task Weak_suites_are_refused_and_the_client_is_told(string suite)
    {
        var (gateway, client) = await _front.MeetAsync(s_older, $"-tls1_2 -cipher {suite}@SECLEVEL=0");

        Assert.Equal(Refusal.TlsSuitesTooWeak, gateway.Verdict.Refusal);
        Assert.Contains("handshake failure", client, StringComparison.Ordinal);
    }

    [RequiresFact("openssl")]
    public async Task Tls_1_2_with_a_strong_suite_is_secured_where_it_is_allowed()
    {
        var (gateway, _) = await _front.MeetAsync(s_older, "-tls1_2 -cipher ECDHE-ECDSA-AES256-GCM-SHA384");

        Assert.Equal("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", gateway.Client.TlsSuite);
    }

    [RequiresTheory("openssl")]
    [InlineData(
        "-tls1_3 -ciphersuites TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256")]
    [InlineData(
        "-tls1_3 -ciphersuites TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256",
        "TLS_CHACHA20_POLY1305_SHA256")]
    [InlineData(
        "-tls1_2 -cipher ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256")]
    [InlineData(
        "-tls1_2 -cipher ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256",
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256")]
    public async Task The_gateways_order_of_suites_counts_but_a_client_that_prefers_ChaCha20_gets_it(string offered, string suite)
    {
        var (gateway, _) = await _front.MeetAsync(s_older, offered);

        Assert.Equal(suite, gateway.Client.TlsSuite);
    }

    [RequiresTheory("openssl")]
    [InlineData(true, "TLS_AES_128_GCM_SHA256")]
    [InlineData(false, "TLS_AES_256_GCM_SHA384")]
    public async Task The_other_engine_has_an_order_of_its_own_whatever_the_client_prefers(bool isNarrowed, string suite)
    {
        using var front = new OpenSslFront(engine: "sslstream");
        TlsCipherSuite[] narrow = [TlsCipherSuite.TLS_AES_128_GCM_SHA256, TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256];
        var rules = isNarrowed ? new TlsRules { Suites = [.. narrow] } : new TlsRules();

        var (gateway, _) = await front.MeetAsync(
            s_strict with { ClientTls = s_strict.ClientTls with { Rules = rules } },
            "-ciphersuites TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384");

        Assert.Equal(suite, gateway.Client.TlsSuite);
    }

    [RequiresTheory("openssl")]
    [InlineData("-tls1_3", "Server Temp Key: ECDH, secp384r1", "Peer signing digest: SHA256")]
    [InlineData("-tls1_2", "Server Temp Key: ECDH, secp384r1", "Peer signing digest: SHA256")]
    public async Task Groups_signatures_and_suites_of_the_connection_are_what_is_negotiated(string version, params string[] lines)
    {
        var rules = new TlsRules
        {
            Groups = ["P-384"],
            SignatureAlgorithms = ["ecdsa_secp256r1_sha256"],
            Suites = [TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256],
        };

        var (gateway, client) = await _front.MeetAsync(s_older with { ClientTls = s_older.ClientTls with { Rules = rules } }, version);

        Assert.All(lines, line => Assert.Contains(line, client, StringComparison.Ordinal));
        Assert.EndsWith("CHACHA20_POLY1305_SHA256", gateway.Client.TlsSuite, StringComparison.Ordinal);
    }

    [RequiresTheory("openssl")]
    [InlineData("-groups P-521", Refusal.TlsGroupsRefused)]
    [InlineData("-groups ffdhe2048", Refusal.TlsGroupsRefused)]
    public async Task Weak_or_rare_groups_are_refused_and_the_client_is_told(string arguments, Refusal refusal)
    {
        var (gateway, client) = await _front.MeetAsync(s_strict, arguments);

        Assert.Equal(refusal, gateway.Verdict.Refusal);
        Assert.Contains("handshake failure", client, StringComparison.Ordinal);
    }

    [RequiresFact("openssl")]
    public async Task A_client_that_does_not_trust_the_node_fails_the_handshake_in_the_words_of_its_alert()
    {
        var (gateway, _) = await _front.MeetAsync(s_strict, "-verify_return_error -no-CAfile -no-CApath -no-CAstore", trust: false);

        Assert.Equal(Refusal.TlsHandshakeFailed, gateway.Verdict.Refusal);
        Assert.Contains("alert unknown ca", gateway.Verdict.Detail, StringComparison.Ordinal);
    }
}

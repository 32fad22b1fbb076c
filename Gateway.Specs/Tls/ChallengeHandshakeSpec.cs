using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gateway.Actors.Certificates.Acme;
using Gateway.Actors.Connections;
using Gateway.Protocols;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Tls;

public sealed class ChallengeHandshakeOverOpenSslSpec() : ChallengeHandshakeSpec("openssl");

public sealed class ChallengeHandshakeOverSslStreamSpec() : ChallengeHandshakeSpec("sslstream");

/// <summary>tls-alpn-01 (RFC 8737) on the port of a connection that demands client certificates.</summary>
public abstract class ChallengeHandshakeSpec : IDisposable
{
    const string AcmeIdentifier = "1.3.6.1.5.5.7.1.31";

    readonly HandshakeBench _bench;
    readonly PendingChallenge _challenge = Challenge("edge.example.org");
    readonly ConnectionProfile _closed;

    protected ChallengeHandshakeSpec(string engine)
    {
        _bench = new HandshakeBench(engine);
        _closed = TestProfiles.For(TestProfiles.Tls13 with
        {
            ServerNames = ["broker.example.org"],
            ClientCertificate = ClientCertificateRule.Required,
            ClientAuthorities = _bench.Authority.Authorities,
        });
        Assert.True(_bench.Challenges.TryAdd(_challenge));
    }

    public void Dispose()
    {
        _bench.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(SslProtocols.Tls13)]
    [InlineData(SslProtocols.Tls12)]
    public async Task An_authority_is_shown_the_challenges_certificate_without_one_of_its_own_and_sent_away(SslProtocols version)
    {
        X509Certificate2? shown = null;

        var (gateway, client) = await _bench.MeetAsync(_closed, options =>
        {
            Ask(options, "edge.example.org");
            options.EnabledSslProtocols = version;
            options.RemoteCertificateValidationCallback = (_, certificate, _, _) => (shown = new X509Certificate2(certificate!)) is not null;
        });

        Assert.Equal(Refusal.ChallengeAnswered, gateway.Verdict.Refusal);
        Assert.Equal("acme-tls/1", client!.NegotiatedApplicationProtocol.ToString());
        var identifier = Assert.Single(shown!.Extensions, extension => extension.Oid!.Value == AcmeIdentifier);
        Assert.True(identifier.Critical);
        // RFC 8737 section 3: an octet string with the SHA-256 of the key authorization.
        Assert.Equal([0x04, 0x20, .. SHA256.HashData(Encoding.ASCII.GetBytes(_challenge.KeyAuthorization))], identifier.RawData);
        Assert.True(shown.MatchesHostname("edge.example.org"));
        Assert.DoesNotContain(_bench.Authority.Authorities, authority => authority.Subject == shown.Issuer);
    }

    [Fact]
    public async Task Who_completes_such_a_handshake_reads_nothing_and_is_not_heard()
    {
        var (gateway, client) = await _bench.MeetAsync(_closed, options => Ask(options, "edge.example.org"));

        Assert.False(gateway.Verdict.IsGranted);
        var read = await ReadAsync(client!);
        Assert.Equal(0, read);
    }

    [Theory]
    [InlineData("other.example.org")]
    [InlineData("broker.example.org")]
    [InlineData("localhost")]
    public async Task Where_nothing_is_pending_the_hello_is_refused_by_name_and_no_certificate_is_shown(string name)
    {
        var isShown = false;

        var (gateway, client) = await _bench.MeetAsync(_closed, options =>
        {
            Ask(options, name);
            options.RemoteCertificateValidationCallback = (_, _, _, _) => isShown = true;
        });

        Assert.Equal((Refusal.ChallengeUnknown, $"asks to validate {name}"), (gateway.Verdict.Refusal, gateway.Verdict.Detail));
        Assert.Null(client);
        Assert.False(isShown);
    }

    [Fact]
    public async Task What_was_withdrawn_is_unknown()
    {
        _bench.Challenges.Remove(AcmeChallengeKind.TlsAlpn01, "token");

        var (gateway, _) = await _bench.MeetAsync(_closed, options => Ask(options, "edge.example.org"));

        Assert.Equal(Refusal.ChallengeUnknown, gateway.Verdict.Refusal);
    }

    [Fact]
    public async Task A_client_that_offers_other_protocols_too_is_a_client_like_any_other()
    {
        var (gateway, _) = await _bench.MeetAsync(_closed, options =>
        {
            Ask(options, "broker.example.org");
            options.ApplicationProtocols!.Add(new SslApplicationProtocol("mqtt"));
        });

        Assert.Equal(Refusal.ClientCertificateMissing, gateway.Verdict.Refusal);
    }

    [Fact]
    public async Task A_client_that_asks_for_the_name_without_the_protocol_is_shown_no_challenge()
    {
        var (gateway, _) = await _bench.MeetAsync(_closed, options => options.TargetHost = "edge.example.org");

        Assert.Equal(Refusal.ServerNameUnknown, gateway.Verdict.Refusal);
    }

    static void Ask(SslClientAuthenticationOptions options, string name)
    {
        options.TargetHost = name;
        options.ApplicationProtocols = [new SslApplicationProtocol("acme-tls/1")];
        options.EnabledSslProtocols = SslProtocols.Tls13;
        // The challenge's certificate is its own authority: it is there, or there is nothing.
        options.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null;
    }

    async Task<int> ReadAsync(SslStream client)
    {
        try
        {
            await client.WriteAsync("CONNECT"u8.ToArray(), _bench.Deadline);
            return await client.ReadAsync(new byte[100], _bench.Deadline);
        }
        catch (IOException)
        {
            return 0; // Closed while it spoke.
        }
    }

    static PendingChallenge Challenge(string name)
    {
        using var key = AcmeAccountKey.Create();
        return new(AcmeChallengeKind.TlsAlpn01, name, "token", key.Authorize("token"), TimeProvider.System.GetUtcNow().AddMinutes(5));
    }
}

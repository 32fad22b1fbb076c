using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Certificates;
using Gateway.Actors.Certificates.Acme;
using Gateway.Actors.Connections;
using Gateway.Actors.Tls;
using Gateway.Protocols;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Certificates.Acme;

/// <summary>Certificates from a real ACME server.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The runner disposes of a spec by DisposeAsync.")]
public sealed class PebbleSpec : IAsyncLifetime
{
    PebbleBench _bench = null!;

    public Task InitializeAsync()
    {
        _bench = new PebbleBench();
        return Task.CompletedTask;
    }

    public Task DisposeAsync() => _bench.DisposeAsync().AsTask();

    [RequiresFact("pebble", "pebble-challtestsrv")]
    public async Task A_certificate_is_issued_by_http_01_for_all_its_names_and_a_key_of_its_own()
    {
        using var source = await _bench.StartAsync();

        using var issued = await _bench.IssueAsync(source, "edge.test", "Other.test", "127.0.0.1");

        using var leaf = X509CertificateLoader.LoadCertificate(issued.Certificates[0].Span);
        Assert.All(["edge.test", "other.test", "127.0.0.1"], name => Assert.True(leaf.MatchesHostname(name)));
        Assert.True(HasKey(leaf, issued));
        Assert.True(await _bench.IsTrustedAsync(leaf, issued));
        Assert.Equal(3, _bench.Answers.Offered.Count);
        Assert.Equal(_bench.Answers.Offered.OrderBy(c => c.Token), _bench.Answers.Withdrawn.OrderBy(c => c.Token));
    }

    [RequiresTheory("pebble", "pebble-challtestsrv")]
    [InlineData("openssl")]
    [InlineData("sslstream")]
    public async Task A_certificate_is_issued_by_tls_alpn_01_on_the_port_of_a_connection_that_demands_client_certificates(string engine)
    {
        await using var pebble = await Pebble.StartAsync();
        using var bench = new HandshakeBench(engine);
        var closed = TestProfiles.For(TestProfiles.Tls13 with { ClientCertificate = ClientCertificateRule.Required, ClientAuthorities = bench.Authority.Authorities });
        using var port = new TcpListener(IPAddress.Loopback, pebble.TlsPort);
        port.Start();
        var answers = new OwnAnswers(bench.Challenges);
        using var source = new AcmeSource([pebble.Options(AcmeChallengeKind.TlsAlpn01)], _bench.Accounts, answers, TimeProvider.System);

        var issuing = _bench.IssueAsync(source);
        var handshakes = new List<ClientHandshake>();
        while (!issuing.IsCompleted)
        {
            var next = port.AcceptSocketAsync(_bench.Deadline).AsTask();
            if (await Task.WhenAny(issuing, next) == issuing) break;
            handshakes.Add(await bench.SecureAsync(await next, closed));
        }

        using var issued = await issuing;
        Assert.NotEmpty(handshakes);
        Assert.All(handshakes, handshake => Assert.Equal(Refusal.ChallengeAnswered, handshake.Verdict.Refusal));
    }

    [RequiresFact("pebble", "pebble-challtestsrv")]
    public async Task A_revoked_certificate_is_revoked_at_the_server()
    {
        using var source = await _bench.StartAsync();
        using var issued = await _bench.IssueAsync(source);
        using var leaf = X509CertificateLoader.LoadCertificate(issued.Certificates[0].Span);

        await source.RevokeAsync("pebble", issued.Certificates[0], reason: 4, _bench.Deadline);

        Assert.Equal("Revoked", await _bench.Pebble.StatusOfAsync(leaf));
    }

    [RequiresFact("pebble", "pebble-challtestsrv")]
    public async Task What_the_server_refuses_is_told_in_its_words()
    {
        using var source = await _bench.StartAsync();

        var refused = await Assert.ThrowsAsync<CertificateSourceException>(() => _bench.IssueAsync(source, "blocked.test"));

        Assert.Contains("rejectedIdentifier", refused.Message, StringComparison.Ordinal);
        Assert.Contains("blocked.test", refused.Message, StringComparison.Ordinal);
    }

    [RequiresFact("pebble", "pebble-challtestsrv")]
    public async Task A_name_that_cannot_be_validated_is_told_with_the_servers_reason()
    {
        using var source = await _bench.StartAsync();
        await _bench.Http.StopAsync(CancellationToken.None);

        var refused = await Assert.ThrowsAsync<CertificateSourceException>(() => _bench.IssueAsync(source));

        Assert.StartsWith("ACME server pebble: edge.test could not be validated by http-01 (", refused.Message, StringComparison.Ordinal);
        Assert.NotEmpty(_bench.Answers.Withdrawn);
    }

    static bool HasKey(X509Certificate2 leaf, IssuedChain issued)
    {
        using var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(issued.PrivateKey, out _);
        return key.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(leaf.PublicKey.ExportSubjectPublicKeyInfo());
    }
}

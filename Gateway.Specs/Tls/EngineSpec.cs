using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Legs;
using Gateway.Actors.Tls;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Tls;

public sealed class OpenSslMeetsItselfSpec() : EngineSpec("openssl", "openssl");

public sealed class OpenSslServesSslStreamSpec() : EngineSpec("openssl", "sslstream");

public sealed class SslStreamServesOpenSslSpec() : EngineSpec("sslstream", "openssl");

public sealed class SslStreamMeetsItselfSpec() : EngineSpec("sslstream", "sslstream");

/// <summary>What every engine does, whichever engine is at the other end.</summary>
public abstract class EngineSpec(string server, string client) : IDisposable
{
    readonly EngineBench _bench = new(server, client);

    public void Dispose()
    {
        _bench.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(SslProtocols.Tls13, "TLS 1.3", "TLS_AES_")]
    [InlineData(SslProtocols.Tls12, "TLS 1.2", "TLS_ECDHE_ECDSA_WITH_AES_")]
    public async Task Both_ends_say_the_same_of_a_handshake(SslProtocols version, string name, string suite)
    {
        var own = _bench.Authority.Server();

        var (gateway, peer) = await _bench.MeetAsync(
            terms => (terms.EnabledSslProtocols, terms.ServerCertificateContext) = (version, Context(own)),
            terms => terms.EnabledSslProtocols = version);

        Assert.Equal((name, name), (gateway.Version, peer.Version));
        Assert.Equal(gateway.Suite, peer.Suite);
        Assert.StartsWith(suite, gateway.Suite, StringComparison.Ordinal);
        Assert.Equal((null, TlsFacts.Sha256(own)), (gateway.PeerSha256, peer.PeerSha256));
    }

    [Fact]
    public async Task Data_of_every_size_arrives_as_it_was_sent()
    {
        var (gateway, peer) = await _bench.MeetAsync();
        var bytes = RandomNumberGenerator.GetBytes(70_000);

        var echoing = EchoAsync(gateway.Stream);
        foreach (var size in Sizes())
        {
            var back = new byte[size];
            await Task.WhenAll(
                peer.Stream.WriteAsync(bytes.AsMemory(0, size), _bench.Deadline).AsTask(),
                peer.Stream.ReadExactlyAsync(back, _bench.Deadline).AsTask());
            Assert.True(bytes.AsSpan(0, size).SequenceEqual(back), $"{size} bytes came back changed");
        }

        peer.Stream.Dispose();
        await echoing;
    }

    [Fact]
    public async Task Both_directions_run_at_once()
    {
        var (gateway, peer) = await _bench.MeetAsync();
        var bytes = RandomNumberGenerator.GetBytes(8 << 20);
        var (there, back) = (new byte[bytes.Length], new byte[bytes.Length]);

        await Task.WhenAll(
            gateway.Stream.WriteAsync(bytes, _bench.Deadline).AsTask(), peer.Stream.WriteAsync(bytes, _bench.Deadline).AsTask(),
            gateway.Stream.ReadExactlyAsync(there, _bench.Deadline).AsTask(), peer.Stream.ReadExactlyAsync(back, _bench.Deadline).AsTask());

        Assert.Equal((true, true), (bytes.AsSpan().SequenceEqual(there), bytes.AsSpan().SequenceEqual(back)));
    }

    [Fact]
    public async Task A_handshake_that_comes_byte_by_byte_in_both_directions_goes_through()
    {
        var (front, back) = (await _bench.ConnectAsync(), await _bench.ConnectAsync());
        var dribbling = Task.WhenAll(Dribble.Async(front.Server, back.Client), Dribble.Async(back.Client, front.Server));

        var (server, client) = (_bench.AcceptAsync(back.Server), _bench.DialAsync(front.Client));

        Assert.Equal("TLS 1.3", (await server).Version);
        Assert.Equal("TLS 1.3", (await client).Version);
        front.Client.Dispose();
        back.Server.Dispose();
        await dribbling;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_says_that_no_more_will_come_can_still_be_told(bool isServerFirst)
    {
        var (gateway, peer) = await _bench.MeetAsync();
        var (first, second) = isServerFirst ? (gateway.Stream, peer.Stream) : (peer.Stream, gateway.Stream);

        await FinishAsync(first);
        var atSecond = await second.ReadAsync(new byte[10], _bench.Deadline);
        await second.WriteAsync("last"u8.ToArray(), _bench.Deadline);
        await FinishAsync(second);

        var last = new byte[4];
        await first.ReadExactlyAsync(last, _bench.Deadline);
        Assert.Equal("last"u8.ToArray(), last);
        Assert.Equal((0, 0), (atSecond, await first.ReadAsync(new byte[10], _bench.Deadline)));
    }

    [Theory]
    [InlineData("expired", CertificateFault.Expired)]
    [InlineData("early", CertificateFault.NotYetValid)]
    [InlineData("self-signed", CertificateFault.Untrusted)]
    [InlineData("misused", CertificateFault.Misused)]
    public async Task A_server_whose_certificate_is_judged_bad_gets_no_further_than_the_handshake(string kind, CertificateFault fault)
    {
        var pair = await _bench.ConnectAsync();
        var serving = _bench.AcceptAsync(pair.Server, terms => terms.ServerCertificateContext = Context(Bad(kind)));

        var refused = await Xunit.Record.ExceptionAsync(() => _bench.DialAsync(pair.Client));

        Assert.IsType<AuthenticationException>(refused);
        Assert.Equal([fault], _bench.Judged);
        pair.Client.Dispose();
        await AssertNothingArrivesAsync(serving);
    }

    [Theory]
    [InlineData("expired", CertificateFault.Expired)]
    [InlineData("early", CertificateFault.NotYetValid)]
    [InlineData("self-signed", CertificateFault.Untrusted)]
    [InlineData("good", CertificateFault.None)]
    public async Task A_clients_certificate_is_judged_before_a_byte_of_it_is_read(string kind, CertificateFault fault)
    {
        var pair = await _bench.ConnectAsync();
        var own = Bad(kind);
        var dialling = _bench.DialAsync(pair.Client, terms => terms.ClientCertificateContext = Context(own));

        var refused = await Xunit.Record.ExceptionAsync(async () => await _bench.AcceptAsync(pair.Server, Asking));

        Assert.Equal(fault != CertificateFault.None, refused is AuthenticationException);
        Assert.Contains(fault, _bench.Judged);
        if (refused is not null) pair.Server.Dispose();
        if (fault != CertificateFault.None) await AssertNothingArrivesAsync(dialling);
    }

    [Fact]
    public async Task A_client_that_sends_no_certificate_is_judged_too()
    {
        var pair = await _bench.ConnectAsync();
        var dialling = _bench.DialAsync(pair.Client);

        var refused = await Xunit.Record.ExceptionAsync(() => _bench.AcceptAsync(pair.Server, terms =>
        {
            Asking(terms);
            terms.RemoteCertificateValidationCallback = (_, sent, _, _) => sent is not null;
        }));

        Assert.IsType<AuthenticationException>(refused);
        pair.Server.Dispose();
        await AssertNothingArrivesAsync(dialling);
    }

    [Theory]
    [InlineData(SslProtocols.Tls13, SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls12, SslProtocols.Tls13)]
    public async Task Versions_that_do_not_meet_end_the_handshake_at_both_ends(SslProtocols offered, SslProtocols allowed)
    {
        var pair = await _bench.ConnectAsync();
        var serving = _bench.AcceptAsync(pair.Server, terms => terms.EnabledSslProtocols = allowed);

        var atClient = await Xunit.Record.ExceptionAsync(() => _bench.DialAsync(pair.Client, terms => terms.EnabledSslProtocols = offered));

        Assert.IsType<AuthenticationException>(atClient);
        Assert.IsType<AuthenticationException>(await Xunit.Record.ExceptionAsync(() => serving));
    }

    [Theory]
    [InlineData("mqtt", "mqtt")]
    [InlineData("other", null)]
    public async Task An_application_protocol_is_agreed_upon_when_the_server_has_it(string has, string? agreed)
    {
        var (gateway, peer) = await _bench.MeetAsync(
            terms => terms.ApplicationProtocols = has == "mqtt" ? [new("mqtt")] : null,
            terms => terms.ApplicationProtocols = [new("h2"), new("mqtt")]);

        Assert.Equal((agreed, agreed), (gateway.Protocol, peer.Protocol));
    }

    [Fact]
    public async Task A_new_certificate_is_presented_from_the_next_handshake_on()
    {
        var (first, second) = (_bench.Authority.Server(), _bench.Authority.Server());

        var (_, before) = await _bench.MeetAsync(terms => terms.ServerCertificateContext = Context(first));
        var (_, after) = await _bench.MeetAsync(terms => terms.ServerCertificateContext = Context(second));

        Assert.Equal((TlsFacts.Sha256(first), TlsFacts.Sha256(second)), (before.PeerSha256, after.PeerSha256));
    }

    [Fact]
    public async Task Intermediates_are_sent_along()
    {
        var team = _bench.Authority.Intermediate("Team CA");
        var context = SslStreamCertificateContext.Create(team.Server(), team.Authorities, offline: true);

        var (_, peer) = await _bench.MeetAsync(terms => terms.ServerCertificateContext = context);

        Assert.Equal(TlsFacts.Sha256(context.TargetCertificate), peer.PeerSha256);
    }

    [Fact]
    public async Task An_rsa_key_serves_as_well()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var own = request.Create(
            _bench.Authority.Authority.SubjectName, X509SignatureGenerator.CreateForECDsa(_bench.Authority.Authority.GetECDsaPrivateKey()!),
            TimeProvider.System.GetUtcNow().AddHours(-1), TimeProvider.System.GetUtcNow().AddHours(1), [1, 2, 3]);
        using var whole = own.CopyWithPrivateKey(key);

        var (_, peer) = await _bench.MeetAsync(terms => terms.ServerCertificateContext = Context(whole));

        Assert.Equal(TlsFacts.Sha256(whole), peer.PeerSha256);
    }

    void Asking(SslServerAuthenticationOptions terms) =>
        (terms.ClientCertificateRequired, terms.RemoteCertificateValidationCallback, terms.AllowTlsResume) = (true, _bench.Judge, false);

    // In TLS 1.3 one side may be through when the other refuses; then it meets the refusal when it reads.
    async Task AssertNothingArrivesAsync(Task<TlsLeg> handshake)
    {
        var fault = await Xunit.Record.ExceptionAsync(async () =>
        {
            var leg = await handshake;
            Assert.Equal(0, await leg.Stream.ReadAsync(new byte[10], _bench.Deadline));
        });
        Assert.True(fault is null or AuthenticationException or IOException, fault?.ToString());
    }

    X509Certificate2 Bad(string kind) => kind switch
    {
        "expired" => _bench.Authority.Expired(),
        "early" => _bench.Authority.NotYetValid(),
        "self-signed" => _bench.Authority.SelfSigned(),
        "misused" => _bench.Authority.ForClientsOnly(),
        _ => _bench.Authority.Client("anna"),
    };

    async Task EchoAsync(Stream stream)
    {
        var buffer = new byte[80_000];
        try
        {
            int count;
            while ((count = await stream.ReadAsync(buffer, _bench.Deadline)) > 0)
                await stream.WriteAsync(buffer.AsMemory(0, count), _bench.Deadline);
        }
        catch (IOException)
        {
            // The other end is gone.
        }
    }

    static Task FinishAsync(Stream stream) => stream is IHalfClosing closing ? closing.ShutdownAsync() : ((SslStream)stream).ShutdownAsync();

    static SslStreamCertificateContext Context(X509Certificate2 certificate) =>
        SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);

    /// <summary>A sweep, and every size around the borders of records.</summary>
    static IEnumerable<int> Sizes()
    {
        for (var size = 0; size <= 70_000; size += 997) yield return size;
        for (var border = 16_384; border <= 70_000; border += 16_384)
            for (var size = border - 2; size <= border + 2; size++) yield return size;
    }
}

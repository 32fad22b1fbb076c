using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Record;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Admin;

public sealed class AdminListenerSpec : IAsyncLifetime, IDisposable
{
    // RFC 5246 section 7.4.1.2: a ClientHello whose highest version is TLS 1.1 (03 02), with three suites of that time and no extensions.
    static readonly byte[] s_helloOfTls11 =
    [
        0x16, 0x03, 0x01, 0x00, 0x31, 0x01, 0x00, 0x00, 0x2d, 0x03, 0x02, .. new byte[32], 0x00,
        0x00, 0x06, 0xc0, 0x09, 0xc0, 0x13, 0x00, 0x2f, 0x01, 0x00,
    ];

    const byte Alert = 21;

    const byte ProtocolVersion = 70;

    readonly SealKey _key = SealKey.Ephemeral();
    AdminHost _host = null!;

    [Fact]
    public async Task Tls_1_1_is_refused_with_the_alert_that_says_so()
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", _host.Url.Port);

        await client.GetStream().WriteAsync(s_helloOfTls11);
        var alert = new byte[7];
        await client.GetStream().ReadExactlyAsync(alert).AsTask().WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Equal((Alert, ProtocolVersion), (alert[0], alert[6]));
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Tls_1_2_and_1_3_are_spoken_with_forward_secrecy(SslProtocols version)
    {
        await using var tls = await HandshakeAsync(version);

        Assert.Equal(version, tls.SslProtocol);
        Assert.Matches("GCM|CHACHA20", tls.NegotiatedCipherSuite.ToString());
    }

    [Fact]
    public async Task Plain_http_is_not_answered()
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", _host.Url.Port);

        await client.GetStream().WriteAsync("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
        var answer = new byte[4];
        var read = await client.GetStream().ReadAsync(answer).AsTask().WaitAsync(TimeSpan.FromSeconds(10));

        Assert.False(answer.AsSpan(0, read).StartsWith("HTTP"u8));
    }

    [Fact]
    public async Task A_renewed_certificate_is_presented_at_the_next_handshake()
    {
        await using var before = await HandshakeAsync(SslProtocols.Tls13);

        _host.Certificates.Renew();
        await using var after = await HandshakeAsync(SslProtocols.Tls13);

        Assert.NotEqual(before.RemoteCertificate!.GetCertHashString(), after.RemoteCertificate!.GetCertHashString());
        Assert.Equal(_host.Certificates.Current.TargetCertificate.GetCertHashString(), after.RemoteCertificate.GetCertHashString());
    }

    public async Task InitializeAsync() => _host = await AdminHost.StartAsync(SampleCluster.OfThree(_key), _key);

    public async Task DisposeAsync() => await _host.DisposeAsync();

    public void Dispose() => _key.Dispose();

    async Task<SslStream> HandshakeAsync(SslProtocols version)
    {
        var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", _host.Url.Port);
        var tls = new SslStream(client.GetStream());
        var chain = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        chain.CustomTrustStore.AddRange(_host.Authorities);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            EnabledSslProtocols = version,
            CertificateChainPolicy = chain,
        });
        return tls;
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography.X509Certificates;
using Gateway.Protocols;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>Certificates that their authority revoked open nothing, on either leg, by a real authority's lists and responder.</summary>
[SuppressMessage("Design", "CA1001", Justification = "xunit calls DisposeAsync.")]
public sealed class RevocationSpec : IAsyncLifetime
{
    readonly TestCertificates _upstreams = new("Upstream CA");
    OpenSslAuthority _authority = null!;

    [RequiresTheory("openssl")]
    [InlineData("auto")]
    [InlineData("sslstream")]
    public async Task A_client_on_its_authority_s_list_is_refused_and_others_get_in(string engine)
    {
        var (good, revoked) = (await _authority.IssueAsync("client", "camera-1"), await _authority.IssueAsync("client", "camera-2"));
        await _authority.RevokeAsync(revoked.Certificate);
        await _authority.WriteListAsync();
        await using var upstream = new TlsUpstream(_upstreams.Server(), TlsUpstream.EchoAsync);
        await using var node = await NodeAsync(
            upstream.Port, $"revocation: hard, revocationList: {_authority.ListFile}, ", "{ serverName: localhost, authorities: upstream.crt }", ("Tls:Engine", engine));

        Assert.Equal("frame", await SendAsync(node, good));
        Assert.Equal("", await SendAsync(node, revoked));

        var row = await node.EndedAsync(r => r.Subject is null);
        Assert.Equal(Refusal.ClientCertificateRevoked, row.Closing!.Refusal);
        Assert.Equal("its authority revoked it, says the revocation list", row.Closing.Detail);
        Assert.Equal(1, upstream.Connections);
    }

    [RequiresFact("openssl")]
    public async Task A_client_whose_responder_says_so_is_refused_and_others_get_in()
    {
        var (good, revoked) = (await _authority.IssueAsync("client", "camera-1"), await _authority.IssueAsync("client", "camera-2"));
        await _authority.RevokeAsync(revoked.Certificate);
        await _authority.RespondAsync();
        await using var upstream = new TlsUpstream(_upstreams.Server(), TlsUpstream.EchoAsync);
        await using var node = await NodeAsync(upstream.Port, "revocation: hard, ", "{ serverName: localhost, authorities: upstream.crt }");

        Assert.Equal("frame", await SendAsync(node, good));
        Assert.Equal("", await SendAsync(node, revoked));

        var row = await node.EndedAsync(r => r.Subject is null);
        Assert.Equal((Refusal.ClientCertificateRevoked, "its authority revoked it, says the responder"), (row.Closing!.Refusal, row.Closing.Detail));
    }

    [RequiresTheory("openssl")]
    [InlineData("hard", "")]
    [InlineData("soft", "frame")]
    public async Task Where_nobody_answers_hard_refuses_and_soft_goes_on(string rule, string echoed)
    {
        var client = await _authority.IssueAsync("client", "camera-1");
        await using var upstream = new TlsUpstream(_upstreams.Server(), TlsUpstream.EchoAsync);
        await using var node = await NodeAsync(upstream.Port, $"revocation: {rule}, ", "{ serverName: localhost, authorities: upstream.crt }");

        Assert.Equal(echoed, await SendAsync(node, client));

        var row = await node.EndedAsync();
        Assert.Equal(rule == "hard" ? Refusal.ClientRevocationUnknown : Refusal.None, row.Closing!.Refusal);
        if (rule == "hard") Assert.Equal("no revocation list is named, and the responder does not answer", row.Closing.Detail);
    }

    [RequiresTheory("openssl")]
    [InlineData("hard", "")]
    [InlineData("soft", "frame")]
    public async Task A_client_whom_its_responder_does_not_know_is_refused_by_hard_and_soft_goes_on(string rule, string echoed)
    {
        var client = await _authority.IssueAsync("client", "camera-1");
        _authority.ForgetAll();
        await _authority.RespondAsync();
        await using var upstream = new TlsUpstream(_upstreams.Server(), TlsUpstream.EchoAsync);
        await using var node = await NodeAsync(upstream.Port, $"revocation: {rule}, ", "{ serverName: localhost, authorities: upstream.crt }");

        Assert.Equal(echoed, await SendAsync(node, client));

        var closing = (await node.EndedAsync()).Closing!;
        Assert.Equal(rule == "hard" ? Refusal.ClientRevocationUnknown : Refusal.None, closing.Refusal);
        if (rule == "hard") Assert.Equal("no revocation list is named, and the responder does not know the certificate", closing.Detail);
        Assert.Equal(rule == "hard" ? 0 : 1, upstream.Connections);
    }

    [RequiresTheory("openssl")]
    [InlineData("auto")]
    [InlineData("sslstream")]
    public async Task An_upstream_whose_certificate_was_revoked_is_sent_nothing(string engine)
    {
        var client = await _authority.IssueAsync("client", "camera-1");
        var server = await _authority.IssueAsync("server", "localhost");
        await _authority.RevokeAsync(server.Certificate);
        await _authority.RespondAsync();
        var received = 0;
        using var certificate = Load(server);
        await using var upstream = new TlsUpstream(certificate, async stream => received += await stream.ReadAsync(new byte[16]));
        await using var node = await NodeAsync(
            upstream.Port, "", $"{{ serverName: localhost, authorities: {_authority.CertificateFile}, revocation: hard }}", ("Tls:Engine", engine));

        Assert.Equal("", await SendAsync(node, client));

        var row = await node.EndedAsync();
        Assert.Equal((Refusal.UpstreamCertificateRevoked, "its authority revoked it, says the responder"), (row.Closing!.Refusal, row.Closing.Detail));
        await upstream.FinishedAsync();
        Assert.Equal(0, received);
    }

    public async Task InitializeAsync() => _authority = await OpenSslAuthority.MakeAsync();

    public async Task DisposeAsync()
    {
        await _authority.DisposeAsync();
        _upstreams.Dispose();
    }

    /// <summary>What comes back of a frame; nothing when the gateway ends the connection instead.</summary>
    static async Task<string> SendAsync(TestNode node, (string Certificate, string Key) client)
    {
        using var certificate = Load(client);
        try
        {
            await using var stream = await TlsClient.ConnectAsync(node.Address("camera"), node.AuthorityFile, certificate);
            await stream.WriteAsync("frame"u8.ToArray());
            await stream.ShutdownAsync();
            return System.Text.Encoding.UTF8.GetString(await TlsClient.ReadToEndAsync(stream));
        }
        catch (IOException)
        {
            return "";
        }
    }

    static X509Certificate2 Load((string Certificate, string Key) files) => X509Certificate2.CreateFromPemFile(files.Certificate, files.Key);

    Task<TestNode> NodeAsync(int upstreamPort, string tls, string upstreamTls, params (string, string)[] settings)
    {
        var folder = new ConfigurationFolder();
        _upstreams.WriteAuthority(folder.PathOf("upstream.crt"));
        return TestNode.StartAsync(folder, $$"""
            apiVersion: gateway/v1
            kind: Connection
            metadata: { name: camera }
            spec:
              protocol: tls
              listen: { address: 127.0.0.1, port: 0 }
              tls: { {{tls}}clientCertificate: required, clientAuthorities: {{_authority.CertificateFile}} }
              upstream: { host: 127.0.0.1, port: {{upstreamPort}}, tls: {{upstreamTls}} }
              access: { subjects: [camera-1, camera-2] }
            """, settings.ToDictionary(s => s.Item1, s => (string?)s.Item2));
    }
}

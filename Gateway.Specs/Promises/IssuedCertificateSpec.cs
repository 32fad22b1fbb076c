using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Gateway.Actors.Identify;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>Who is logged in has a short-lived client certificate issued, for streams and players that know no tokens.</summary>
[SuppressMessage("Design", "CA1001", Justification = "xunit calls DisposeAsync.")]
public sealed class IssuedCertificateSpec : IAsyncLifetime
{
    static readonly string[] s_groups = ["cameras", "second floor"];
    static readonly string[] s_auditors = ["auditors"];

    readonly TestCertificates _clients = new("Clients CA");
    readonly TestCertificates _upstreams = new("Upstream CA");
    FakeIssuer _issuer = null!;

    [UnsupportedOSPlatform("windows")]
    [Fact]
    public async Task It_names_the_person_and_their_groups_for_the_time_asked_and_is_kept_for_its_owner_alone()
    {
        await using var upstream = new TlsUpstream(_upstreams.Server(), TlsUpstream.EchoAsync);
        await using var node = await NodeAsync(upstream.Port);
        using var user = User(node);

        var issued = await user.RunAsync("cert", "issue", "--connection", "camera", "--for", "20m");

        Assert.True(issued.Code == 0, issued.All);
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(FileOf(user));
        var identity = CertificateIdentity.Read(certificate).Value;
        Assert.Equal("alice", identity.Name);
        Assert.Equal(s_groups, identity.Groups);
        Assert.InRange(identity.Expires - TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(18), TimeSpan.FromMinutes(20));
        Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(FileOf(user)));
        Assert.DoesNotContain("KEY", issued.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task That_it_was_issued_to_whom_and_for_what_is_in_the_record_of_acts()
    {
        await using var node = await NodeAsync(1);
        using var user = User(node);

        Assert.Equal(0, (await user.RunAsync("cert", "issue", "--connection", "camera")).Code);
        Assert.Equal(0, (await user.RunAsync("cert", "issue")).Code);
        Assert.Equal(3, (await user.RunAsync("cert", "issue", "--connection", "nonesuch")).Code);

        var (code, output) = await node.GatewayAsync(_issuer.Mint(new TokenContent { Subject = "ada", Groups = s_auditors }), "audit", "--json");
        Assert.True(code == 0, output);
        using var page = JsonDocument.Parse(output);
        var acts = page.RootElement.GetProperty("acts").EnumerateArray().Select(a => (
            a.GetProperty("who").GetString(), a.GetProperty("act").GetString(), a.GetProperty("target").GetString(), a.GetProperty("detail").GetString()));
        Assert.Equal(
            [("alice (main)", "certificate-issued", "alice", "a client certificate for connection camera"), ("alice (main)", "certificate-issued", "alice", "a client certificate")],
            acts);
    }

    [RequiresFact("ffmpeg", "openssl")]
    public async Task An_encoder_and_openssl_stream_with_it()
    {
        var arrived = new MemoryStream();
        await using var upstream = new TlsUpstream(_upstreams.Server(), async stream =>
        {
            await stream.CopyToAsync(arrived);
            await stream.ShutdownAsync();
        });
        await using var node = await NodeAsync(upstream.Port);
        using var user = User(node);
        Assert.Equal(0, (await user.RunAsync("cert", "issue")).Code);
        var (port, file) = (node.Address("camera").Port, FileOf(user));

        var encoded = await Tool.RunAsync(
            "ffmpeg", "-v", "error", "-nostdin", "-f", "lavfi", "-i", "testsrc=size=160x120:rate=10", "-t", "1", "-c:v", "mpeg2video", "-f", "mpegts",
            $"tls://localhost:{port}?verify=1&cafile={node.AuthorityFile}&cert={file}&key={file}");
        Assert.True(encoded is { ExitCode: 0, Output: "" }, encoded.Output);
        var ended = await node.EndedAsync();
        Assert.Equal("alice", ended.Subject);
        await upstream.FinishedAsync();
        Assert.True(arrived.Length > 1000);

        var shown = await Tool.RunAsync(
            "openssl", "s_client", "-connect", $"localhost:{port}", "-servername", "localhost", "-CAfile", node.AuthorityFile, "-cert", file, "-key", file,
            "-verify_return_error", "-tls1_3", "-brief", "-no_ign_eof");
        Assert.Contains("Verification: OK", shown.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_local_port_brings_it_along_and_has_one_issued_where_there_is_none()
    {
        await using var upstream = new TlsUpstream(_upstreams.Server(), TlsUpstream.EchoAsync);
        await using var node = await NodeAsync(upstream.Port);
        using var user = User(node);
        var connect = user.Begin("connect", "camera");

        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, await connect.PortAsync());
        using var reader = new StreamReader(client.GetStream());
        await client.GetStream().WriteAsync("frame"u8.ToArray());
        client.Client.Shutdown(SocketShutdown.Send);

        Assert.True(await reader.ReadToEndAsync() == "frame", connect.Said);
        Assert.Equal("alice", (await node.EndedAsync()).Subject);
        connect.Interrupt();
        Assert.Equal(130, (await connect.EndAsync()).Code);
    }

    [Fact]
    public async Task Where_no_authority_is_configured_or_the_connection_trusts_another_it_is_told()
    {
        await using var node = await NodeAsync(1, authority: false);
        using var user = User(node);
        await using var elsewhere = await NodeAsync(1, trusted: new TestCertificates("Other CA"));
        using var other = User(elsewhere);

        var none = await user.RunAsync("cert", "issue");
        var untrusted = await other.RunAsync("cert", "issue", "--connection", "camera");
        var absent = await other.RunAsync("cert", "issue", "--connection", "nonesuch");

        Assert.Equal(3, none.Code);
        Assert.Equal("gateway: the node issues no client certificates; ask its operators to set Certificates:ClientAuthorityFile\n", none.Said);
        Assert.Equal(1, untrusted.Code);
        Assert.Equal("gateway: This connection does not accept certificates of this cluster's client authority; ask its operators.\n", untrusted.Said);
        Assert.Equal(3, absent.Code);
    }

    public async Task InitializeAsync() => _issuer = await FakeIssuer.StartAsync();

    public async Task DisposeAsync()
    {
        await _issuer.DisposeAsync();
        _clients.Dispose();
        _upstreams.Dispose();
    }

    static string FileOf(UserCommands user) => Directory.GetFiles(Path.GetDirectoryName(user.TokensFile)!, "client-*.pem").Single();

    UserCommands User(TestNode node)
    {
        var user = new UserCommands(node);
        user.Variables["GATEWAY_TOKEN"] = _issuer.Mint(new TokenContent { Groups = s_groups });
        return user;
    }

    Task<TestNode> NodeAsync(int upstreamPort, bool authority = true, TestCertificates? trusted = null)
    {
        var folder = new ConfigurationFolder();
        (trusted ?? _clients).WriteAuthority(folder.PathOf("clients.crt"));
        _upstreams.WriteAuthority(folder.PathOf("upstream.crt"));
        TestCertificates.Write(_clients.Authority, folder.Root, "issuing");
        var settings = authority
            ? new Dictionary<string, string?> { ["Certificates:ClientAuthorityFile"] = "issuing.crt", ["Certificates:ClientAuthorityKeyFile"] = "issuing.key" }
            : [];
        return TestNode.StartAsync(folder, $$"""
            apiVersion: gateway/v1
            kind: Connection
            metadata: { name: camera }
            spec:
              protocol: tls
              listen: { address: 127.0.0.1, port: 0 }
              tls: { clientCertificate: required, clientAuthorities: clients.crt }
              upstream:
                host: 127.0.0.1
                port: {{upstreamPort}}
                tls: { serverName: localhost, authorities: upstream.crt }
              access: { groups: [cameras] }
            """, settings, _issuer.Options());
    }
}

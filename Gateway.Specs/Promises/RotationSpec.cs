using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Hosting;
using Gateway.Actors.Registry;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>Certificates that the cluster looks after, at a whole node.</summary>
public sealed class RotationSpec : IAsyncLifetime, IDisposable
{
    static readonly string[] s_operators = ["operators"];

    /// <summary>The promise: within five seconds new handshakes are given the new certificate.</summary>
    static readonly TimeSpan s_soon = TimeSpan.FromSeconds(5);

    readonly TestCertificates _clients = new("Clients CA");
    readonly TestCertificates _upstreams = new("Upstream CA");
    readonly ConfigurationFolder _documents = new();
    FakeIssuer _issuer = null!;
    TlsUpstream _upstream = null!;
    TestNode _node = null!;

    string Operator => _issuer.Mint(new TokenContent { Subject = "otto", Groups = s_operators });

    IRegistry Registry => _node.Services.GetRequiredService<IRegistry>();

    [Fact]
    public async Task A_declared_certificate_is_issued_presented_proven_and_rotated_while_sessions_stream_on()
    {
        var port = FreePort.Next();
        Assert.Contains("certificate edge: added", await OperateAsync("apply", "-f", Write("edge", port)), StringComparison.Ordinal);
        await ProvenAsync("edge", 1);
        await using var streaming = await ConnectAsync(port);
        await AssertEchoAsync(streaming.Stream);

        Order("edge");
        await ProvenAsync("edge", 2);

        await using var next = await ConnectAsync(port);
        await AssertEchoAsync(streaming.Stream);
        await AssertEchoAsync(next.Stream);
        Assert.NotEqual(streaming.Serial, next.Serial);
        Assert.Equal(
            ["CertificatePut", "AuthorityMade", "AuthorityStaged", "CertificateIssued", "CertificateActivated", "CertificateProven", "RotationOrdered", "CertificateIssued",
                "CertificateActivated", "CertificateProven", "CertificateRetired"],
            await ActsAsync(retired: 1));
        // The node looked at itself: nobody was refused.
        Assert.Empty(await _node.Archive.ListAsync(new Gateway.Actors.Record.SessionFilter { Open = false }, CancellationToken.None));
    }

    [Fact]
    public async Task A_certificate_that_is_handed_in_is_presented_as_it_came_and_its_key_leaves_only_by_a_recorded_act()
    {
        var port = FreePort.Next();
        await OperateAsync("apply", "-f", Write("edge", port));
        await ProvenAsync("edge", 1);
        var (certificate, key) = TestCertificates.Write(_upstreams.Server("gw.example.org"), _documents.Root, "handed");

        await OperateAsync("certs", "import", "handed", "--cert", certificate, "--key-file", key);
        await ProvenAsync("handed", 1);
        await OperateAsync("apply", "-f", Write("handed", port, declare: false));
        await Eventually.AssertAsync(async () => Assert.Equal(X509CertificateLoader.LoadCertificateFromFile(certificate).SerialNumber, await ShownAsync(port)));

        await OperateAsync("certs", "show", "handed", "--with-key", "--out", _documents.PathOf("out.pem"));
        using var exported = X509Certificate2.CreateFromPemFile(_documents.PathOf("out.pem"), _documents.PathOf("out.pem"));
        Assert.True(exported.HasPrivateKey);
        Assert.Contains("certificate-key-exported", await OperateAsync("certs", "history", "handed"), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_documents.PathOf("out.pem")));
    }

    [Fact]
    public async Task Without_its_certificate_a_connection_takes_no_new_session_by_name_while_running_ones_go_on_and_the_node_is_not_ready()
    {
        var port = FreePort.Next();
        await OperateAsync("apply", "-f", Write("edge", port));
        await ProvenAsync("edge", 1);
        await using var streaming = await ConnectAsync(port);
        await AssertEchoAsync(streaming.Stream);
        Assert.Contains("presents certificate edge", (await _node.GatewayAsync(Operator, "certs", "remove", "edge")).Output, StringComparison.Ordinal);

        await _node.Services.GetRequiredService<IRegistryCommands>().ChangeAsync(
            [new CertificateRemoved { Act = SampleRegistry.ActOf("removal"), Name = "edge" }], null, CancellationToken.None);
        await Eventually.AssertAsync(async () => await Assert.ThrowsAnyAsync<Exception>(async () => await (await ConnectAsync(port)).DisposeAsync()));

        await AssertEchoAsync(streaming.Stream);
        var refused = await _node.EndedAsync(row => row.Closing!.Refusal == Gateway.Protocols.Refusal.GatewayCertificateUnavailable);
        Assert.Contains("there is no certificate edge", refused.Closing!.Detail, StringComparison.Ordinal);
        var readiness = _node.Services.GetServices<IReadiness>().SelectMany(r => r.Checks).Single(c => c.Name == "certificates");
        Assert.Equal("there is no certificate edge", readiness.Problem);
    }

    public async Task InitializeAsync()
    {
        _issuer = await FakeIssuer.StartAsync();
        _upstream = new TlsUpstream(_upstreams.Server(), TlsUpstream.EchoAsync);
        _clients.WriteAuthority(_documents.PathOf("clients.crt"));
        _upstreams.WriteAuthority(_documents.PathOf("upstream.crt"));
        var folder = new ConfigurationFolder();
        _clients.WriteAuthority(folder.PathOf("clients.crt"));
        _upstreams.WriteAuthority(folder.PathOf("upstream.crt"));
        _node = await TestNode.StartAsync(folder, NodeProcess.Connection("own", 0, _upstream.Port), null, _issuer.Options());
    }

    public async Task DisposeAsync()
    {
        await _node.DisposeAsync();
        await _upstream.DisposeAsync();
        await _issuer.DisposeAsync();
        _documents.Dispose();
    }

    public void Dispose()
    {
        _clients.Dispose();
        _upstreams.Dispose();
    }

    async Task<string> OperateAsync(params string[] command)
    {
        var (code, output) = await _node.GatewayAsync(Operator, command);
        Assert.True(code == 0, output);
        return output;
    }

    void Order(string name) => _node.Services.GetRequiredService<IRegistryCommands>()
        .ChangeAsync([new RotationOrdered { Act = SampleRegistry.ActOf(Guid.NewGuid().ToString()), Name = name }], null, CancellationToken.None);

    Task ProvenAsync(string name, uint version) => Eventually.AssertAsync(
        () =>
        {
            var certificate = Registry.Current.Certificates.All[name];
            Assert.True(certificate.Active is { ProvenAt: not null } active && active.Number == version, $"{certificate}\n{string.Join('\n', certificate.Versions)}");
            return Task.CompletedTask;
        },
        s_soon);

    async Task<IReadOnlyList<string>> ActsAsync(uint retired)
    {
        await Eventually.TrueAsync(() => Registry.Current.Certificates.All["edge"].Versions.TrueForAll(v => v.Number != retired));
        var audit = await new RegistryAudit(_node.Opened.Journal, _node.Opened.SealKeys).ReadAsync(new AuditFilter(), CancellationToken.None);
        return [.. audit.Acts.Select(a => a.Event.GetType().Name).Where(name => name != "ConnectionPut")];
    }

    async Task<Client> ConnectAsync(int port)
    {
        var trust = new X509Certificate2Collection();
        trust.AddRange(_node.Opened.Certificates.ManagedAuthorities);
        X509Certificate2? seen = null;
        var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var stream = new SslStream(socket.GetStream());
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(trust);
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "gw.example.org",
            ClientCertificates = [_clients.Client("camera-17")],
            CertificateChainPolicy = policy,
        });
        seen = new X509Certificate2(stream.RemoteCertificate!);
        return new Client(stream, seen.SerialNumber);
    }

    static async Task AssertEchoAsync(SslStream client)
    {
        await client.WriteAsync("more"u8.ToArray());
        var back = new byte[4];
        await client.ReadExactlyAsync(back);
        Assert.Equal("more"u8.ToArray(), back);
    }

    /// <summary>The serial number a new handshake is shown, trusted or not.</summary>
    async Task<string?> ShownAsync(int port)
    {
        string? serial = null;
        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, port);
        await using var stream = new SslStream(socket.GetStream());
        var shown = stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "gw.example.org",
            ClientCertificates = [_clients.Client("camera-17")],
            AllowTlsResume = false,
            RemoteCertificateValidationCallback = (_, certificate, _, _) => (serial = certificate?.GetSerialNumberString()) is not null,
        });
        await shown;
        return serial;
    }

    string Write(string certificate, int port, bool declare = true) => _documents.Write("documents.yaml", declare ? Declared(certificate, port) : Connection(certificate, port));

    string Connection(string certificate, int port) => NodeProcess.Connection("camera", port, _upstream.Port)
        .Replace("tls: { clientCertificate", $"tls: {{ certificate: {certificate}, clientCertificate", StringComparison.Ordinal);

    string Declared(string certificate, int port) =>
        $$"""
        apiVersion: gateway/v1
        kind: Certificate
        metadata: { name: {{certificate}} }
        spec: { source: internal, names: [gw.example.org, localhost, 127.0.0.1], lifetime: 1h }
        ---
        {{Connection(certificate, port)}}
        """;

    sealed record Client(SslStream Stream, string Serial) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Stream.DisposeAsync();
    }
}

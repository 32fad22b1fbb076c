using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Certificates.Acme;
using Gateway.Actors.Registry;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>A connection's certificate from a real ACME server, at a whole node.</summary>
public sealed class AcmeSpec : IAsyncLifetime, IDisposable
{
    static readonly string[] s_operators = ["operators"];
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    readonly TestCertificates _clients = new("Clients CA");
    readonly TestCertificates _upstreams = new("Upstream CA");
    readonly ConfigurationFolder _documents = new();
    readonly int _port = FreePort.Next();
    FakeIssuer _issuer = null!;
    TlsUpstream _upstream = null!;
    Pebble _pebble = null!;
    TestNode _node = null!;

    IRegistry Registry => _node.Services.GetRequiredService<IRegistry>();

    /// <summary>
    /// The authority validates on the connection's own port, which demands client certificates: before the connection has a certificate of its own,
    /// and again while a session streams.
    /// </summary>
    [RequiresFact("pebble", "pebble-challtestsrv")]
    public async Task A_connection_has_its_certificate_from_an_acme_server_and_renews_it_while_a_session_streams_on()
    {
        await StartAsync();
        await OperateAsync("apply", "-f", Documents());
        await ProvenAsync(1);
        await using var streaming = await ConnectAsync();
        await AssertEchoAsync(streaming.Stream);

        await RotateAsync();
        await ProvenAsync(2);

        await AssertEchoAsync(streaming.Stream);
        await using var next = await ConnectAsync();
        await AssertEchoAsync(next.Stream);
        Assert.NotEqual(streaming.Serial, next.Serial);
        var validations = await _node.Archive.ListAsync(new Gateway.Actors.Record.SessionFilter { Open = false }, CancellationToken.None);
        Assert.All(validations, row => Assert.Equal(Refusal.ChallengeAnswered, row.Closing!.Refusal));
        Assert.NotNull(Assert.Single(Registry.Current.Certificates.Accounts).Value.Url);
    }

    [RequiresFact("pebble", "pebble-challtestsrv")]
    public async Task Operators_change_the_accounts_key_and_the_next_certificate_comes_by_the_new_one()
    {
        await StartAsync();
        await OperateAsync("apply", "-f", Documents());
        await ProvenAsync(1);
        var before = Registry.Current.Certificates.Accounts["pebble"];

        await OperateAsync("certs", "account", "rekey", "pebble");
        await RotateAsync();
        await ProvenAsync(2);

        var after = Registry.Current.Certificates.Accounts["pebble"];
        Assert.Equal((before.Url, true), (after.Url, after.SealedNextKey.IsEmpty));
        Assert.NotEqual(before.SealedKey.ToArray(), after.SealedKey.ToArray());
        Assert.Contains($"pebble  {before.Directory}", await OperateAsync("certs", "account", "list"), StringComparison.Ordinal);
        var audit = await new RegistryAudit(_node.Opened.Journal, _node.Opened.SealKeys).ReadAsync(new AuditFilter(), CancellationToken.None);
        var recorded = Assert.Single(audit.Acts, a => a.Event is ActRecorded { Kind: ActKind.AcmeKeyChanged });
        Assert.Equal(("otto", "pebble"), (recorded.Event.Act.Who, ((ActRecorded)recorded.Event).Target));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_node is null) return;
        await _node.DisposeAsync();
        await _pebble.DisposeAsync();
        await _upstream.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    public void Dispose()
    {
        _documents.Dispose();
        _clients.Dispose();
        _upstreams.Dispose();
    }

    async Task StartAsync()
    {
        _pebble = await Pebble.StartAsync(new PebbleManners { TlsPort = _port, Lifetime = TimeSpan.FromSeconds(90) });
        _issuer = await FakeIssuer.StartAsync();
        _upstream = new TlsUpstream(_upstreams.Server(), TlsUpstream.EchoAsync);
        _clients.WriteAuthority(_documents.PathOf("clients.crt"));
        _upstreams.WriteAuthority(_documents.PathOf("upstream.crt"));
        var folder = new ConfigurationFolder();
        _clients.WriteAuthority(folder.PathOf("clients.crt"));
        _upstreams.WriteAuthority(folder.PathOf("upstream.crt"));
        var acme = _pebble.Options(AcmeChallengeKind.TlsAlpn01);
        var settings = new Dictionary<string, string?>
        {
            ["Certificates:Acme:0:Name"] = acme.Name,
            ["Certificates:Acme:0:Directory"] = acme.Directory,
            ["Certificates:Acme:0:AuthoritiesFile"] = acme.AuthoritiesFile,
            ["Certificates:Acme:0:TermsAgreed"] = "true",
        };
        _node = await TestNode.StartAsync(folder, NodeProcess.Connection("own", 0, _upstream.Port), settings, _issuer.Options());
    }

    async Task<string> OperateAsync(params string[] command)
    {
        var (code, output) = await _node.GatewayAsync(_issuer.Mint(new TokenContent { Subject = "otto", Groups = s_operators }), command);
        Assert.True(code == 0, output);
        return output;
    }

    Task<RegistryAnswer> RotateAsync() => _node.Services.GetRequiredService<IRegistryCommands>()
        .ChangeAsync([new RotationOrdered { Act = SampleRegistry.ActOf(Guid.NewGuid().ToString()), Name = "edge" }], null, CancellationToken.None);

    Task ProvenAsync(uint version) => Eventually.AssertAsync(
        () =>
        {
            var certificate = Registry.Current.Certificates.All["edge"];
            Assert.True(certificate.Active is { ProvenAt: not null } active && active.Number >= version, $"{certificate} {certificate.Failed}");
            return Task.CompletedTask;
        },
        s_patience);

    async Task<Client> ConnectAsync()
    {
        using var root = await _pebble.RootAsync();
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, CustomTrustStore = { root } };
        var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, _port);
        var stream = new SslStream(socket.GetStream());
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "gw.example.org",
            ClientCertificates = [_clients.Client("camera-17")],
            CertificateChainPolicy = policy,
        });
        using var seen = new X509Certificate2(stream.RemoteCertificate!);
        return new Client(stream, seen.SerialNumber);
    }

    static async Task AssertEchoAsync(SslStream client)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await client.WriteAsync("more"u8.ToArray(), late.Token);
        var back = new byte[4];
        await client.ReadExactlyAsync(back, late.Token);
        Assert.Equal("more"u8.ToArray(), back);
    }

    string Documents() => _documents.Write("documents.yaml",
        $$"""
        apiVersion: gateway/v1
        kind: Certificate
        metadata: { name: edge }
        spec: { source: acme, issuer: pebble, names: [gw.example.org] }
        ---
        {{NodeProcess.Connection("camera", _port, _upstream.Port).Replace("tls: { clientCertificate", "tls: { certificate: edge, clientCertificate", StringComparison.Ordinal)}}
        """);

    sealed record Client(SslStream Stream, string Serial) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Stream.DisposeAsync();
    }
}

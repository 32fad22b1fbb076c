using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Xunit;

namespace Gateway.Specs.Support;

/// <summary>
/// A node with a connection for each fault on either leg, real upstreams behind them and the certificates that real clients bring: a
/// sound one is served, and each of the others is wrong in one thing. Made once per engine.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "xunit calls DisposeAsync.")]
public abstract class TlsMatrixBed(string engine) : IAsyncLifetime
{
    readonly ConfigurationFolder _files = new();
    readonly TestCertificates _trusted = new("Trusted CA");
    readonly TestCertificates _unknown = new("Unknown CA");
    readonly Dictionary<TlsFault, OpenSslServer> _upstreams = [];
    OpenSslAuthority _authority = null!;
    TlsUpstream _behind = null!;
    TestNode _node = null!;
    (string Certificate, string Key) _revokedClient;
    (string Certificate, string Key) _revokedServer;
    (string Certificate, string Key) _stapledServer;
    string _staple = "";

    public TestNode Node => _node;

    public string Engine => engine;

    /// <summary>Connections that reached the upstream behind all faulty clients.</summary>
    public int Behind => _behind.Connections;

    public static string ClientConnection(TlsFault fault) => $"client-{Slug(fault)}";

    public static string UpstreamConnection(TlsFault fault) => $"upstream-{Slug(fault)}";

    public async Task InitializeAsync()
    {
        _authority = await OpenSslAuthority.MakeAsync();
        (_revokedClient, _revokedServer) = (await _authority.IssueAsync("client", "camera-17"), await _authority.IssueAsync("server", "localhost"));
        await _authority.RevokeAsync(_revokedClient.Certificate);
        await _authority.RevokeAsync(_revokedServer.Certificate);
        _stapledServer = await _authority.IssueAsync("server", "stapled");
        _staple = await _authority.AnswerAsync((await _authority.IssueAsync("server", "another")).Certificate);
        await _authority.WriteListAsync();
        await _authority.RespondAsync();
        _behind = new TlsUpstream(_trusted.Server(), TlsUpstream.EchoAsync);
        foreach (var fault in Enum.GetValues<TlsFault>()) _upstreams[fault] = await UpstreamAsync(fault);
        var folder = new ConfigurationFolder();
        folder.Write("trusted.crt", _trusted.Authority.ExportCertificatePem() + "\n" + await File.ReadAllTextAsync(_authority.CertificateFile));
        _node = await TestNode.StartAsync(folder, Connections(), new Dictionary<string, string?> { ["Tls:Engine"] = engine });
    }

    /// <summary>What <c>openssl s_client</c> is to be told for it to be faulty in this.</summary>
    public string[] ClientArguments(TlsFault fault) =>
        [.. Bend(fault), .. ClientFiles(fault) is var (certificate, key) ? (string[])["-cert", certificate, "-key", key] : []];

    public X509Certificate2 GoodClient() => _trusted.Client("camera-17");

    public Task<string> ReceivedAsync(TlsFault fault) => _upstreams[fault].ReceivedAsync();

    public async Task DisposeAsync()
    {
        await _node.DisposeAsync();
        foreach (var upstream in _upstreams.Values) await upstream.DisposeAsync();
        await _behind.DisposeAsync();
        await _authority.DisposeAsync();
        _trusted.Dispose();
        _unknown.Dispose();
        _files.Dispose();
    }

    static string Slug(TlsFault fault) => fault.ToString().ToLowerInvariant();

    // Clients of old versions and suites exist only where the library's own guard is off.
    static string[] Bend(TlsFault fault) => fault switch
    {
        TlsFault.Tls10 => ["-tls1", "-cipher", "DEFAULT@SECLEVEL=0"],
        TlsFault.Tls11 => ["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"],
        TlsFault.WeakSuite => ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA"],
        _ => [],
    };

    (string, string)? ClientFiles(TlsFault fault) => fault switch
    {
        TlsFault.NoClientCertificate => null,
        TlsFault.RevokedByList or TlsFault.RevokedByResponder => _revokedClient,
        TlsFault.WrongName => Write(fault, "client", _trusted.Client("somebody-else")),
        TlsFault.WrongPurpose => Write(fault, "client", _trusted.ForServersOnly("camera-17")),
        _ => Write(fault, "client", Faulty(fault, "camera-17")),
    };

    Task<OpenSslServer> UpstreamAsync(TlsFault fault) => OpenSslServer.StartAsync(
        fault switch
        {
            TlsFault.RevokedByList or TlsFault.RevokedByResponder => _revokedServer,
            TlsFault.BadStaple => _stapledServer,
            TlsFault.WrongName => Write(fault, "server", _trusted.Server("elsewhere.example.org")),
            TlsFault.WrongPurpose => Write(fault, "server", _trusted.ForClientsOnly()),
            _ => Write(fault, "server", Faulty(fault, "localhost")),
        },
        fault switch
        {
            TlsFault.NoClientCertificate => ["-Verify", "1", "-verify_return_error", "-CAfile", _trusted.WriteAuthority(_files.PathOf("demanded.crt"))],
            TlsFault.BadStaple => ["-status_file", _staple],
            _ => Bend(fault),
        });

    X509Certificate2 Faulty(TlsFault fault, string name) => fault switch
    {
        TlsFault.Expired => _trusted.Expired(name),
        TlsFault.NotYetValid => _trusted.NotYetValid(name),
        TlsFault.UnknownAuthority => _unknown.Server(name),
        TlsFault.SelfSigned => _trusted.SelfSigned(name),
        _ => _trusted.Server(name),
    };

    (string, string) Write(TlsFault fault, string leg, X509Certificate2 certificate) =>
        TestCertificates.Write(certificate, _files.Root, $"{leg}-{Slug(fault)}");

    string Connections()
    {
        var yaml = new StringBuilder();
        foreach (var fault in Enum.GetValues<TlsFault>())
        {
            yaml.Append(Connection(ClientConnection(fault), Rules(fault), fault == TlsFault.Nothing ? _upstreams[fault].Port : _behind.Port, ""));
            yaml.Append(Connection(UpstreamConnection(fault), "", _upstreams[fault].Port, Rules(fault)));
        }

        return yaml.ToString();
    }

    string Rules(TlsFault fault) => fault switch
    {
        // The suites of TLS 1.3 are all sound: only a connection that admits TLS 1.2 can meet a weak one.
        TlsFault.WeakSuite => "minimumVersion: \"1.2\", ",
        TlsFault.RevokedByList => $"revocation: hard, revocationList: {_authority.ListFile}, ",
        TlsFault.RevokedByResponder or TlsFault.BadStaple => "revocation: hard, ",
        _ => "",
    };

    static string Connection(string name, string client, int port, string upstream) => $$"""
        ---
        apiVersion: gateway/v1
        kind: Connection
        metadata: { name: {{name}} }
        spec:
          protocol: tls
          listen: { address: 127.0.0.1, port: 0 }
          tls: { {{client}}clientCertificate: required, clientAuthorities: trusted.crt }
          upstream: { host: 127.0.0.1, port: {{port}}, tls: { {{upstream}}serverName: localhost, authorities: trusted.crt } }
          access: { subjects: [camera-17] }

        """;
}

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Gateway.Actors.Accept;
using Gateway.Actors.Certificates.Acme;
using Gateway.Actors.Connections;
using Gateway.Actors.Tls;
using Gateway.Protocols;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Tls;

/// <summary>What a client that is not .NET's can do: old versions, weak suites, resumption.</summary>
public sealed class OpenSslClientSpec : IDisposable
{
    readonly ITlsEngine _engine = EngineBench.Engine("openssl");
    static readonly ConnectionProfile s_strict = TestProfiles.For(TestProfiles.Tls13);
    static readonly ConnectionProfile s_older = TestProfiles.For(TestProfiles.Tls13 with { AllowTls12 = true });

    readonly ConfigurationFolder _folder = new();
    readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(30));
    readonly TestCertificates _authority = new();
    readonly FixedCertificates _node;
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public OpenSslClientSpec()
    {
        _node = new FixedCertificates(_authority.Server(), _authority.Authorities);
        _authority.WriteAuthority(_folder.PathOf("ca.crt"));
        _listener.Start();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _authority.Dispose();
        _deadline.Dispose();
        _folder.Dispose();
    }

    [RequiresTheory("openssl")]
    [InlineData("-tls1", "offers TLS 1.0; TLS 1.2 is required")]
    [InlineData("-tls1_1", "offers TLS 1.1; TLS 1.2 is required")]
    public async Task Old_versions_are_refused_and_the_client_is_told(string version, string detail)
    {
        var (gateway, client) = await MeetAsync(s_older, $"{version} -cipher DEFAULT@SECLEVEL=0");

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
        var (gateway, client) = await MeetAsync(s_older, $"-tls1_2 -cipher {suite}@SECLEVEL=0");

        Assert.Equal(Refusal.TlsSuitesTooWeak, gateway.Verdict.Refusal);
        Assert.Contains("handshake failure", client, StringComparison.Ordinal);
    }

    [RequiresFact("openssl")]
    public async Task Tls_1_2_with_a_strong_suite_is_secured_where_it_is_allowed()
    {
        var (gateway, _) = await MeetAsync(s_older, "-tls1_2 -cipher ECDHE-ECDSA-AES256-GCM-SHA384");

        Assert.Equal("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", gateway.Client.TlsSuite);
    }

    [RequiresFact("openssl")]
    public async Task A_client_that_does_not_trust_the_node_fails_the_handshake_in_the_words_of_its_alert()
    {
        var (gateway, _) = await MeetAsync(s_strict, "-verify_return_error -no-CAfile -no-CApath -no-CAstore", trust: false);

        Assert.Equal(Refusal.TlsHandshakeFailed, gateway.Verdict.Refusal);
        Assert.Contains("alert unknown ca", gateway.Verdict.Detail, StringComparison.Ordinal);
    }

    [RequiresTheory("openssl")]
    [InlineData(ClientCertificateRule.None, "Reused, TLSv1.3")]
    [InlineData(ClientCertificateRule.Optional, "New, TLSv1.3")]
    public async Task A_client_resumes_unless_its_certificate_would_have_to_be_judged_again(ClientCertificateRule rule, string line)
    {
        var profile = TestProfiles.For(TestProfiles.Tls13 with { ClientCertificate = rule });
        await MeetAsync(profile, $"-sess_out {_folder.PathOf("session")}");

        var ticket = File.Exists(_folder.PathOf("session")) ? $"-sess_in {_folder.PathOf("session")}" : "";
        var (_, client) = await MeetAsync(profile, ticket);

        Assert.Contains(line, client, StringComparison.Ordinal);
    }

    async Task<(ClientHandshake Gateway, string Client)> MeetAsync(ConnectionProfile profile, string arguments, bool trust = true)
    {
        var trusting = trust ? $" -CAfile {_folder.PathOf("ca.crt")}" : "";
        using var client = Start($"s_client -connect {_listener.LocalEndpoint} -servername localhost{trusting} {arguments}");
        var socket = await _listener.AcceptSocketAsync(_deadline.Token);
        var accepted = new AcceptedConnection(socket, profile, (IPEndPoint)socket.RemoteEndPoint!);
        var gateway = await ServerHandshake.SecureAsync(accepted, _engine, _node, new PendingChallenges(TimeProvider.System), NoRevocation.Asked, TimeProvider.System, _deadline.Token);
        if (gateway.Verdict.IsGranted)
        {
            await gateway.Verdict.Value.Stream.WriteAsync("bye\n"u8.ToArray(), _deadline.Token);
            gateway.Verdict.Value.Dispose();
        }

        var (words, faults) = (client.StandardOutput.ReadToEndAsync(_deadline.Token), client.StandardError.ReadToEndAsync(_deadline.Token));
        return (gateway, string.Concat(await words, await faults));
    }

    static Process Start(string arguments) => Process.Start(new ProcessStartInfo(Tool.Path("openssl"), arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}

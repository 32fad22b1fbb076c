using System.Net;
using System.Net.Security;
using System.Text;
using System.Text.Json;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>What operators register at run time, at a whole node, by the commands they use.</summary>
public sealed class RegistrySpec : IAsyncLifetime, IDisposable
{
    static readonly string[] s_operators = ["operators"];
    static readonly string[] s_auditors = ["auditors"];

    readonly TestCertificates _clients = new("Clients CA");
    readonly TestCertificates _upstreams = new("Upstream CA");
    readonly ConfigurationFolder _documents = new();
    FakeIssuer _issuer = null!;
    TlsUpstream _upstream = null!;
    TestNode _node = null!;

    string Operator => _issuer.Mint(new TokenContent { Subject = "otto", Groups = s_operators });

    string Auditor => _issuer.Mint(new TokenContent { Subject = "ada", Groups = s_auditors });

    [Fact]
    public async Task A_connection_that_is_applied_serves_clients_until_it_is_removed_and_applying_it_twice_changes_nothing()
    {
        var port = FreePort.Next();
        var file = Write("camera", port);

        Assert.Contains("camera: added", await OperateAsync("apply", "-f", file), StringComparison.Ordinal);
        Assert.Equal("hello", await EchoAsync(port));
        var again = await OperateAsync("apply", "-f", file);
        Assert.Contains("1 unchanged; the registry is at revision 1", again, StringComparison.Ordinal);

        await OperateAsync("connections", "remove", "camera");
        await Eventually.AssertAsync(async () => await Assert.ThrowsAnyAsync<Exception>(() => EchoAsync(port)));
        Assert.DoesNotContain("registry", await OperateAsync("connections", "list"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Changed_rules_are_for_new_sessions_and_a_changed_port_is_another_while_running_sessions_go_on()
    {
        var (first, second) = (FreePort.Next(), FreePort.Next());
        await OperateAsync("apply", "-f", Write("camera", first));
        await using var client = await ConnectAsync(first);
        await AssertEchoAsync(client);

        // Only strangers from now on; the running session keeps the grant it had.
        await OperateAsync("apply", "-f", Write("camera", first, subject: "camera-18"));
        await Eventually.AssertAsync(async () => Assert.NotEqual("hello", await EchoAsync(first)));
        await AssertEchoAsync(client);

        await OperateAsync("connections", "update", "-f", Write("camera", second));
        await Eventually.AssertAsync(async () => Assert.Equal("hello", await TryEchoAsync(second)));
        await Assert.ThrowsAnyAsync<Exception>(() => EchoAsync(first));
        await AssertEchoAsync(client);
    }

    [Fact]
    public async Task Terminate_ends_the_sessions_of_what_was_changed_and_says_who_did_it()
    {
        var port = FreePort.Next();
        await OperateAsync("apply", "-f", Write("camera", port));
        await using var client = await ConnectAsync(port);
        await AssertEchoAsync(client);

        var removed = await OperateAsync("connections", "remove", "camera", "--terminate");

        Assert.Contains("1 sessions ended", removed, StringComparison.Ordinal);
        Assert.Empty(await TlsClient.ReadToEndAsync(client));
        var row = await _node.EndedAsync();
        Assert.Equal((Ending.Killed, "otto (main): connection camera was removed"), (row.Closing!.Ending, row.Closing.Detail));
    }

    [Fact]
    public async Task A_port_that_cannot_be_had_is_told_and_taken_once_it_is_free()
    {
        var port = FreePort.Next();
        using (var taken = new System.Net.Sockets.TcpListener(IPAddress.Loopback, port))
        {
            taken.Start();
            await OperateAsync("apply", "-f", Write("camera", port));
            await Eventually.AssertAsync(async () =>
                Assert.Contains("cannot listen on", await OperateAsync("connections", "show", "camera"), StringComparison.Ordinal));
        }

        await Eventually.AssertAsync(async () => Assert.Equal("hello", await TryEchoAsync(port)));
    }

    [Fact]
    public async Task A_name_or_a_port_of_the_nodes_own_file_is_refused_when_it_is_applied()
    {
        var own = _node.Address("own").Port;

        var (code, output) = await _node.GatewayAsync(Operator, "apply", "-f", Write("own", FreePort.Next()));
        Assert.NotEqual(0, code);
        Assert.Contains("is in the connections file of the node", output, StringComparison.Ordinal);
        (code, output) = await _node.GatewayAsync(Operator, "apply", "-f", Write("camera", own));
        Assert.NotEqual(0, code);
        Assert.Contains("is where connection own listens", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_operators_do_not_overwrite_each_other_unawares()
    {
        using var http = _node.Admin(Operator);
        var document = await File.ReadAllTextAsync(Write("camera", FreePort.Next(), inline: true));
        using var created = await PutAsync(http, document, "If-None-Match", "*");
        Assert.Equal(HttpStatusCode.OK, created.StatusCode);
        using var shown = await http.GetAsync("/v1/connections/camera");
        var tag = shown.Headers.ETag!.ToString();

        using var changed = await PutAsync(http, document.Replace("camera-17", "camera-19", StringComparison.Ordinal), "If-Match", tag);
        using var late = await PutAsync(http, document.Replace("camera-17", "camera-20", StringComparison.Ordinal), "If-Match", tag);
        using var twice = await PutAsync(http, document, "If-None-Match", "*");

        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, late.StatusCode);
        Assert.Contains("changed by otto", await late.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.PreconditionFailed, twice.StatusCode);
        Assert.Contains("camera-19", await http.GetStringAsync("/v1/connections/camera"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_administrative_act_is_in_the_record_that_auditors_read_and_verify()
    {
        await OperateAsync("apply", "-f", Write("camera", FreePort.Next()));
        await OperateAsync("secrets", "set", "broker", "--file", _documents.WriteSecret("secret", "hunter2"));
        await OperateAsync("connections", "test", "camera");

        var (code, output) = await _node.GatewayAsync(Auditor, "audit", "--json");

        Assert.True(code == 0, output);
        using var page = JsonDocument.Parse(output);
        var acts = page.RootElement.GetProperty("acts").EnumerateArray()
            .Select(a => (a.GetProperty("who").GetString(), a.GetProperty("act").GetString(), a.GetProperty("target").GetString())).ToArray();
        Assert.Equal(
            [("otto (main)", "connection-put", "camera"), ("otto (main)", "secret-put", "broker"), ("otto (main)", "connection-tested", "camera")], acts);
        Assert.Contains("verified: 3 acts", (await _node.GatewayAsync(Auditor, "audit", "--verify")).Output, StringComparison.Ordinal);
        Assert.Contains("verified: 3 acts", await OfflineAsync(Path.Combine(_node.Opened.Options.Node.DataDirectory, "seal.pub")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_test_of_a_connection_names_the_step_that_failed()
    {
        await OperateAsync("apply", "-f", Write("sound", FreePort.Next()));
        await OperateAsync("apply", "-f", Write("deaf", FreePort.Next(), upstream: FreePort.Next()));
        await OperateAsync("apply", "-f", Write("stranger", FreePort.Next(), serverName: "elsewhere.example.org"));

        Assert.Contains("tls     ok", (await OperateAsync("connections", "test", "sound")).Replace("tls   ok", "tls     ok", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Matches("dial +upstream-unreachable", (await _node.GatewayAsync(Operator, "connections", "test", "deaf")).Output);
        Assert.Matches("tls +upstream-name-mismatch", (await _node.GatewayAsync(Operator, "connections", "test", "stranger")).Output);
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

    async Task<string> OfflineAsync(string key)
    {
        var output = new StringWriter();
        await Gateway.Cli.CommandLine.RunAsync(
            ["audit", "--verify", "--journal", Path.Combine(_node.Opened.Options.Node.DataDirectory, "journal.db"), "--key", key],
            new Gateway.Cli.CliOutput(output, output), _ => null);
        return output.ToString();
    }

    static Task<HttpResponseMessage> PutAsync(HttpClient http, string document, string header, string value)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, "/v1/connections/camera") { Content = new StringContent(document, Encoding.UTF8, "application/yaml") };
        request.Headers.TryAddWithoutValidation(header, value);
        return http.SendAsync(request);
    }

    Task<SslStream> ConnectAsync(int port) => TlsClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), _node.AuthorityFile, _clients.Client("camera-17"));

    async Task<string> EchoAsync(int port)
    {
        await using var client = await ConnectAsync(port);
        await client.WriteAsync("hello"u8.ToArray());
        await client.ShutdownAsync();
        return Encoding.ASCII.GetString(await TlsClient.ReadToEndAsync(client));
    }

    async Task<string> TryEchoAsync(int port)
    {
        try
        {
            return await EchoAsync(port);
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException or System.Security.Authentication.AuthenticationException)
        {
            return e.GetType().Name;
        }
    }

    static async Task AssertEchoAsync(SslStream client)
    {
        await client.WriteAsync("more"u8.ToArray());
        var back = new byte[4];
        await client.ReadExactlyAsync(back);
        Assert.Equal("more"u8.ToArray(), back);
    }

    string Write(string name, int port, string subject = "camera-17", int? upstream = null, string serverName = "localhost", bool inline = false)
    {
        var document = NodeProcess.Connection(name, port, upstream ?? _upstream.Port, subject, serverName);
        if (inline)
        {
            document = document.Replace("clients.crt", JsonSerializer.Serialize(File.ReadAllText(_documents.PathOf("clients.crt"))), StringComparison.Ordinal)
                .Replace("upstream.crt", JsonSerializer.Serialize(File.ReadAllText(_documents.PathOf("upstream.crt"))), StringComparison.Ordinal);
        }

        return _documents.Write($"{name}.yaml", document);
    }
}

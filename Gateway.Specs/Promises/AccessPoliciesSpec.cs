using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Text.Json;
using Gateway.Cli;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>Who may stream what in the whole cluster, by labels of connections: at a whole node, by the commands that operators use.</summary>
[SuppressMessage("Design", "CA1001", Justification = "xunit calls DisposeAsync.")]
public sealed class AccessPoliciesSpec : IAsyncLifetime
{
    static readonly string[] s_operators = ["operators", "auditors"];

    readonly TestCertificates _clients = new("Clients CA");
    readonly TestCertificates _upstreams = new("Upstream CA");
    readonly ConfigurationFolder _documents = new();
    FakeIssuer _issuer = null!;
    TlsUpstream _upstream = null!;
    TestNode _node = null!;

    [Fact]
    public async Task A_connection_with_labels_admits_whom_a_policy_for_them_allows_and_explain_names_the_rule()
    {
        Assert.Null(await TryEchoAsync("camera"));

        var dry = await OperateAsync("apply", "-f", Policy("cameras", "site: hall", "{ effect: allow, subjects: [camera-17] }"), "--dry-run");
        Assert.Contains("policy cameras: added", dry, StringComparison.Ordinal);
        Assert.Null(await TryEchoAsync("camera"));
        await OperateAsync("apply", "-f", Policy("cameras", "site: hall", "{ effect: allow, subjects: [camera-17] }"));

        await Eventually.AssertAsync(async () => Assert.Equal("hello", await TryEchoAsync("camera")), TimeSpan.FromSeconds(2));
        Assert.Null(await TryEchoAsync("gate"));
        var explained = await OperateAsync("access", "explain", "--subject", "camera-17", "--connection", "camera");
        Assert.StartsWith("allowed: policy cameras rules[0] for connection camera allows: camera-17 is one of its subjects", explained, StringComparison.Ordinal);
        var (code, refused) = await _node.GatewayAsync(Token, "access", "explain", "--subject", "camera-17", "--connection", "gate");
        Assert.Equal(ExitCode.Failed, code);
        Assert.DoesNotContain("policy", refused, StringComparison.Ordinal);
        Assert.Contains("1 unchanged", await OperateAsync("apply", "-f", Policy("cameras", "site: hall", "{ effect: allow, subjects: [camera-17] }")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policy_that_denies_wins_is_for_sessions_that_begin_and_terminate_ends_those_that_run()
    {
        await OperateAsync("apply", "-f", Policy("cameras", "site: hall", "{ effect: allow, subjects: [camera-17] }"));
        await using var running = await ConnectAsync("camera");
        await AssertEchoAsync(running);

        await OperateAsync("apply", "-f", Policy("closed", "", "{ effect: deny }"));

        await Eventually.AssertAsync(async () => Assert.Null(await TryEchoAsync("camera")));
        await AssertEchoAsync(running);
        var diff = await OperateAsync("apply", "-f", Policy("closed", "", "{ effect: deny, subjects: [camera-17] }"), "--terminate");
        Assert.Contains("policy closed: updated", diff, StringComparison.Ordinal);
        Assert.Contains("1 sessions ended", diff, StringComparison.Ordinal);
        Assert.Empty(await TlsClient.ReadToEndAsync(running));
        var row = await _node.EndedAsync(row => row.Closing!.Ending == Ending.Killed);
        Assert.Equal("otto (main): access policy closed was updated", row.Closing!.Detail);
        var refused = await _node.EndedAsync(row => row.Closing!.Ending == Ending.Refused);
        Assert.Equal("policy closed rules[0] for connection camera denies: it is about everybody", refused.Closing!.Detail);
    }

    [Fact]
    public async Task Policies_are_listed_shown_and_removed_and_every_act_is_in_the_record()
    {
        await OperateAsync("apply", "-f", Policy("cameras", "site: hall", "{ effect: allow, subjects: [camera-17] }"));

        var listed = await OperateAsync("access", "policies", "list");
        var shown = await OperateAsync("access", "policies", "show", "cameras");
        var removed = await OperateAsync("access", "policies", "remove", "cameras");
        var (none, said) = await _node.GatewayAsync(Token, "access", "policies", "remove", "cameras");

        Assert.Matches("cameras +site=hall +1 +1 +otto", listed);
        Assert.StartsWith("apiVersion: gateway/v1\nkind: AccessPolicy\n", shown, StringComparison.Ordinal);
        Assert.Contains("policy cameras: removed", removed, StringComparison.Ordinal);
        Assert.Equal((ExitCode.NotFound, true), (none, said.Contains("no access policy cameras", StringComparison.Ordinal)));
        await Eventually.AssertAsync(async () => Assert.Null(await TryEchoAsync("camera")));
        using var record = JsonDocument.Parse(await OperateAsync("audit", "--json"));
        Assert.Equal(
            [("policy-put", "cameras"), ("policy-removed", "cameras")],
            record.RootElement.GetProperty("acts").EnumerateArray().Select(act => (act.GetProperty("act").GetString(), act.GetProperty("target").GetString())));
    }

    public async Task InitializeAsync()
    {
        _issuer = await FakeIssuer.StartAsync();
        _upstream = new TlsUpstream(_upstreams.Server(), TlsUpstream.EchoAsync);
        var folder = new ConfigurationFolder();
        _clients.WriteAuthority(folder.PathOf("clients.crt"));
        _upstreams.WriteAuthority(folder.PathOf("upstream.crt"));
        _node = await TestNode.StartAsync(folder, $"{Connection("camera", "hall")}\n---\n{Connection("gate", "street")}", null, _issuer.Options());
    }

    public async Task DisposeAsync()
    {
        await _node.DisposeAsync();
        await _upstream.DisposeAsync();
        await _issuer.DisposeAsync();
        _clients.Dispose();
        _upstreams.Dispose();
        _documents.Dispose();
    }

    string Token => _issuer.Mint(new TokenContent { Subject = "otto", Groups = s_operators });

    async Task<string> OperateAsync(params string[] command)
    {
        var (code, output) = await _node.GatewayAsync(Token, command);
        Assert.True(code == 0, output);
        return output;
    }

    Task<SslStream> ConnectAsync(string connection) => TlsClient.ConnectAsync(_node.Address(connection), _node.AuthorityFile, _clients.Client("camera-17"));

    /// <summary>What came back; null for a client that was let in nowhere.</summary>
    async Task<string?> TryEchoAsync(string connection)
    {
        try
        {
            await using var client = await ConnectAsync(connection);
            await client.WriteAsync("hello"u8.ToArray());
            var back = new byte[5];
            return await client.ReadAtLeastAsync(back, back.Length, throwOnEndOfStream: false) == back.Length ? System.Text.Encoding.ASCII.GetString(back) : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    static async Task AssertEchoAsync(SslStream client)
    {
        await client.WriteAsync("more"u8.ToArray());
        var back = new byte[4];
        await client.ReadExactlyAsync(back);
        Assert.Equal("more"u8.ToArray(), back);
    }

    string Policy(string name, string labels, string rule) => _documents.Write($"{name}.yaml", $$"""
        apiVersion: gateway/v1
        kind: AccessPolicy
        metadata: { name: {{name}} }
        spec:
          selector: { matchLabels: { {{labels}} } }
          rules: [{{rule}}]
        """);

    string Connection(string name, string site) => $$"""
        apiVersion: gateway/v1
        kind: Connection
        metadata: { name: {{name}}, labels: { site: {{site}} } }
        spec:
          protocol: tls
          listen: { address: 127.0.0.1, port: 0 }
          tls: { clientCertificate: required, clientAuthorities: clients.crt }
          upstream:
            host: 127.0.0.1
            port: {{_upstream.Port}}
            tls: { serverName: localhost, authorities: upstream.crt }
          access: {}
        """;
}

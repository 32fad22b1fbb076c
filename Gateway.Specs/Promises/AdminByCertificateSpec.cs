using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Gateway.Cli;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>Service accounts that operate a whole node by certificate, with the commands that people use and with curl.</summary>
[SuppressMessage("Design", "CA1001", Justification = "xunit calls DisposeAsync.")]
public sealed class AdminByCertificateSpec : IAsyncLifetime
{
    readonly TestCertificates _people = new("People CA");
    readonly TestCertificates _upstreams = new("Upstream CA");
    readonly ConfigurationFolder _files = new();
    readonly TlsUpstream _upstream;
    TestNode _node = null!;

    public AdminByCertificateSpec() => _upstream = new TlsUpstream(_upstreams.Server(), TlsUpstream.EchoAsync);

    [Fact]
    public async Task Commands_run_by_certificate_with_the_roles_of_its_groups_and_the_record_of_acts_names_it()
    {
        var (operate, audit) = (Certificate("deployer", "operators"), Certificate("watcher", "auditors"));
        using var user = new UserCommands(_node);

        var who = await user.RunAsync(["whoami", .. operate]);
        var nodes = await user.RunAsync(["nodes", .. operate]);
        var put = await user.RunAsync(["secrets", "set", "broker", "--file", _files.WriteSecret("secret", "hunter2"), .. operate]);
        var forbidden = await user.RunAsync(["audit", .. operate]);
        var acts = await user.RunAsync(["audit", "--json", .. audit]);

        Assert.Matches("subject +deployer", who.Output);
        Assert.Matches("roles +operator", who.Output);
        Assert.True((nodes.Code, put.Code) == (ExitCode.Ok, ExitCode.Ok), nodes.All + put.All);
        Assert.Equal(ExitCode.Refused, forbidden.Code);
        using var record = JsonDocument.Parse(acts.Output);
        Assert.Equal("deployer (CN=People CA)", record.RootElement.GetProperty("acts")[0].GetProperty("who").GetString());
    }

    [Fact]
    public async Task A_key_may_lie_beside_its_certificate_and_one_that_others_can_read_is_refused()
    {
        using var user = new UserCommands(_node);
        using var certificate = _people.Client("deployer", "operators");
        var both = _files.WriteSecret("both.pem", $"{certificate.ExportCertificatePem()}\n{certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()}\n");
        user.Variables["GATEWAY_CERTIFICATE"] = both;
        Assert.Equal(ExitCode.Ok, (await user.RunAsync("nodes")).Code);
        if (OperatingSystem.IsWindows()) return;

        File.SetUnixFileMode(both, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        var open = await user.RunAsync("nodes");

        Assert.Equal(ExitCode.Usage, open.Code);
        Assert.Contains($"chmod 600 {both}", open.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_node_does_not_take_is_told()
    {
        using var strangers = new TestCertificates("Strangers CA");
        using var user = new UserCommands(_node);

        var stranger = await user.RunAsync(["nodes", .. Written(strangers.Client("deployer", "operators"), "stranger")]);
        var both = await user.RunAsync(["nodes", "--token", "x", .. Certificate("deployer", "operators")]);

        Assert.Equal(ExitCode.Refused, stranger.Code);
        Assert.Contains("The client certificate is not accepted", stranger.Said, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, both.Code);
        Assert.Contains("a token and --certificate are both given", both.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_on_its_authoritys_list_is_refused()
    {
        using var user = new UserCommands(_node);
        using var certificate = _people.Client("deployer", "operators");
        WriteList(certificate);

        var revoked = await user.RunAsync(["nodes", .. Written(certificate, "revoked")]);
        var other = await user.RunAsync(["nodes", .. Certificate("other", "operators")]);

        Assert.Equal((ExitCode.Refused, ExitCode.Ok), (revoked.Code, other.Code));
        Assert.Contains(_node.Log.Lines, line => line.Text.Contains("client-certificate-revoked", StringComparison.Ordinal));
    }

    [RequiresFact("curl")]
    public async Task Curl_needs_nothing_but_the_certificate()
    {
        var operate = Certificate("deployer", "operators");

        var nodes = await Tool.RunAsync("curl", "-sS", "--fail-with-body", "--cacert", _node.AuthorityFile, "--cert", operate[1], "--key", operate[3], $"{_node.AdminUrl}/v1/nodes");

        Assert.True(nodes.ExitCode == 0, nodes.Output);
        Assert.Contains("\"address\"", nodes.Output, StringComparison.Ordinal);
    }

    public async Task InitializeAsync()
    {
        WriteList();
        var folder = new ConfigurationFolder();
        _people.WriteAuthority(folder.PathOf("clients.crt"));
        _upstreams.WriteAuthority(folder.PathOf("upstream.crt"));
        _node = await TestNode.StartAsync(folder, NodeProcess.Connection("own", 0, _upstream.Port), new Dictionary<string, string?>
        {
            ["Admin:OperatorGroups:0"] = "operators",
            ["Admin:AuditorGroups:0"] = "auditors",
            ["Admin:ClientCertificates:AuthoritiesFile"] = "clients.crt",
            ["Admin:ClientCertificates:Revocation"] = "hard",
            ["Admin:ClientCertificates:RevocationListFile"] = _files.PathOf("people.crl"),
        });
    }

    public async Task DisposeAsync()
    {
        await _node.DisposeAsync();
        await _upstream.DisposeAsync();
        _people.Dispose();
        _upstreams.Dispose();
        _files.Dispose();
    }

    string[] Certificate(string name, string group) => Written(_people.Client(name, group), name);

    string[] Written(X509Certificate2 certificate, string name)
    {
        var (file, key) = TestCertificates.Write(certificate, _files.Root, name);
        return ["--certificate", file, "--certificate-key", key];
    }

    void WriteList(params X509Certificate2[] revoked)
    {
        var list = new CertificateRevocationListBuilder();
        foreach (var certificate in revoked) list.AddEntry(certificate);
        var der = list.Build(_people.Authority, revoked.Length + 1, TimeProvider.System.GetUtcNow().AddDays(1), HashAlgorithmName.SHA256);
        File.WriteAllBytes(_files.PathOf("people.crl"), der);
    }
}

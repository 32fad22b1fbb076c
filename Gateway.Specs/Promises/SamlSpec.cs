using System.Diagnostics.CodeAnalysis;
using System.Net;
using Gateway.Actors.Hosting;
using Gateway.Protocols;
using Gateway.Specs.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>People log in at a real SAML provider, through a real node.</summary>
[SuppressMessage("Design", "CA1001", Justification = "xunit calls DisposeAsync.")]
public sealed class SamlSpec : IAsyncLifetime
{
    readonly TestCertificates _upstreams = new("Upstream CA");
    readonly ConfigurationFolder _folder = new();
    readonly int _admin = FreePort.Next();
    SamlProvider _provider = null!;

    [RequiresFact("node", "npm", "mosquitto", "mosquitto_pub")]
    public async Task A_login_at_the_provider_gets_a_token_that_the_admin_api_and_connections_accept()
    {
        await using var broker = await Mosquitto.StartAsync(_upstreams.Server());
        await using var node = await NodeAsync("alice", broker);
        using var user = new UserCommands(node);

        var login = await LogInAsync(node, user);

        Assert.True(login.Code == 0, login.All + _provider.Output + node.Log);
        var who = (await user.RunAsync("whoami")).Output;
        Assert.Contains("alice", who, StringComparison.Ordinal);
        Assert.Contains("telemetry, operators", who, StringComparison.Ordinal);
        Assert.Equal(0, (await user.RunAsync("nodes")).Code);
        var token = (await user.RunAsync("token", "--connection", "telemetry")).Output.Trim();
        var published = await new MqttTool(node.Address("telemetry").Port, node.AuthorityFile, token).PublishAsync("mqttv5", 1, "sensors/7", "21.5");
        Assert.True(published.ExitCode == 0, published.Output);
        Assert.Equal("alice", (await node.EndedAsync()).Subject);
        Assert.DoesNotContain(token, login.All, StringComparison.Ordinal);
    }

    [RequiresFact("node", "npm")]
    public async Task Who_is_in_no_group_of_a_connection_has_a_token_and_gets_in_nowhere()
    {
        await using var node = await NodeAsync("bob");
        using var user = new UserCommands(node);

        Assert.Equal(0, (await LogInAsync(node, user)).Code);

        Assert.Equal(3, (await user.RunAsync("token", "--connection", "telemetry")).Code);
        Assert.Equal(4, (await user.RunAsync("nodes")).Code);
    }

    [RequiresFact("node", "npm")]
    public async Task A_login_that_nobody_began_here_ends_on_a_page_that_says_so()
    {
        await using var node = await NodeAsync("alice");
        using var counted = new RefusalMeter(node.Services.GetRequiredService<GatewayMetrics>());
        using var http = node.Admin("");
        http.DefaultRequestHeaders.Authorization = null;
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["SAMLResponse"] = Convert.ToBase64String("<x/>"u8) });
        using var huge = new FormUrlEncodedContent(new Dictionary<string, string> { ["SAMLResponse"] = new('A', 1_000_000) });

        using var unasked = await http.PostAsync("/saml/corp/acs", form);
        using var tooLarge = await http.PostAsync("/saml/corp/acs", huge);
        using var unknown = await http.PostAsync("/saml/nonesuch/acs", form);
        using var noCommand = await http.GetAsync("/saml/corp/login?port=22&challenge=x&state=y");
        using var code = await http.PostAsync("/saml/corp/token", new StringContent("""{"code":"x","verifier":"y"}""", null, "application/json"));

        Assert.Equal(HttpStatusCode.Forbidden, unasked.StatusCode);
        Assert.Contains("assertion-unsolicited", await unasked.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains(tooLarge.StatusCode, new[] { HttpStatusCode.RequestEntityTooLarge, HttpStatusCode.Forbidden });
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, noCommand.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, code.StatusCode);
        Assert.Contains("login-code-invalid", await code.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.False(unasked.Headers.Contains("Location"));
        var unsolicited = tooLarge.StatusCode == HttpStatusCode.Forbidden ? 2 : 1;
        Assert.Equal(unsolicited, counted.LoginsRefused(LoginWay.Saml, Refusal.AssertionUnsolicited));
        Assert.Equal(1, counted.LoginsRefused(LoginWay.Saml, Refusal.LoginCodeInvalid));
    }

    [RequiresFact("node", "npm")]
    public async Task Everybody_can_read_the_keys_that_the_tokens_are_verified_with()
    {
        await using var node = await NodeAsync("alice");
        using var http = node.Admin("");
        http.DefaultRequestHeaders.Authorization = null;

        var discovery = await http.GetStringAsync("/saml/corp/.well-known/openid-configuration");
        var keys = await http.GetStringAsync("/saml/corp/keys");

        Assert.Contains($"\"issuer\":\"https://localhost:{_admin}/saml/corp\"", discovery, StringComparison.Ordinal);
        Assert.Contains("\"crv\":\"P-256\"", keys, StringComparison.Ordinal);
        Assert.DoesNotContain("\"d\"", keys, StringComparison.Ordinal);
    }

    public async Task InitializeAsync() => _provider = await SamlProvider.StartAsync(_admin, _folder.PathOf("data/ca.crt"));

    public async Task DisposeAsync()
    {
        await _provider.DisposeAsync();
        _upstreams.Dispose();
    }

    Task<TestNode> NodeAsync(string user, Mosquitto? broker = null)
    {
        _upstreams.WriteAuthority(_folder.PathOf("upstream.crt"));
        _folder.WriteSecret("broker.password", broker?.Password ?? "unused");
        return TestNode.StartAsync(
            _folder, $$"""
            apiVersion: gateway/v1
            kind: Connection
            metadata: { name: telemetry }
            spec:
              protocol: mqtt
              listen: { address: 127.0.0.1, port: 0 }
              tls: { minimumVersion: "1.2" }
              upstream:
                host: 127.0.0.1
                port: {{broker?.Port ?? 1}}
                tls: { serverName: localhost, authorities: upstream.crt }
                login: { userName: {{Mosquitto.UserName}}, passwordFile: broker.password }
              access: { issuers: [corp], groups: [telemetry] }
            """, _provider.Settings(_admin, user).Append(("Admin:OperatorGroups:0", "operators")).ToDictionary(s => s.Item1, s => (string?)s.Item2));
    }

    async Task<CommandRun> LogInAsync(TestNode node, UserCommands user)
    {
        var login = user.Begin("login", "--saml", "corp", "--no-browser");
        var nodes = System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadCertificateFromFile(node.AuthorityFile);
        using var browser = new LoginPages("any", _provider.Authority, nodes);
        await browser.WalkAsync(await login.AddressAsync("challenge="));
        return await login.EndAsync();
    }
}

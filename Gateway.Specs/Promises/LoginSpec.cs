using System.Diagnostics.CodeAnalysis;
using System.Runtime.Versioning;
using System.Text.Json;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>People and services log in by command at a real OpenID Connect provider.</summary>
[SuppressMessage("Design", "CA1001", Justification = "xunit calls DisposeAsync.")]
public sealed class LoginSpec : IAsyncLifetime
{
    readonly TestCertificates _upstreams = new("Upstream CA");

    [RequiresFact("node", "npm")]
    public async Task A_person_logs_in_by_browser_with_a_proof_key_and_comes_back_to_a_loopback_port()
    {
        await using var issuer = await OidcProvider.StartAsync(TimeSpan.FromMinutes(5));
        await using var node = await NodeAsync(issuer);
        using var user = new UserCommands(node);

        var login = await user.LogInAsync(issuer, "alice");

        Assert.Equal(0, login.Code);
        var who = await user.RunAsync("whoami", "--json");
        using var told = JsonDocument.Parse(who.Output);
        Assert.Equal("alice", told.RootElement.GetProperty("name").GetString());
        Assert.Equal(["telemetry", "operators"], told.RootElement.GetProperty("groups").EnumerateArray().Select(g => g.GetString()));
        Assert.Equal(["operator"], told.RootElement.GetProperty("roles").EnumerateArray().Select(g => g.GetString()));
        Assert.Equal(0, (await user.RunAsync("connections", "list")).Code);
    }

    [RequiresFact("node", "npm")]
    public async Task A_person_logs_in_on_another_machine_by_device_code()
    {
        await using var issuer = await OidcProvider.StartAsync(TimeSpan.FromMinutes(5));
        await using var node = await NodeAsync(issuer);
        using var user = new UserCommands(node);

        var login = user.Begin("login", "--device");
        using (var browser = new LoginPages("bob", issuer.Certificates.Authority))
            await browser.WalkAsync(await login.AddressAsync("user_code="));

        var ended = await login.EndAsync();
        Assert.True(ended.Code == 0, ended.All);
        Assert.Contains("bob", (await user.RunAsync("whoami")).Output, StringComparison.Ordinal);
        var refused = await user.RunAsync("connections", "list");
        Assert.Equal(4, refused.Code);
    }

    [UnsupportedOSPlatform("windows")]
    [RequiresFact("node", "npm")]
    public async Task Tokens_are_kept_for_their_owner_alone_and_never_shown_but_by_the_command_for_it()
    {
        await using var issuer = await OidcProvider.StartAsync(TimeSpan.FromMinutes(5));
        await using var node = await NodeAsync(issuer);
        using var user = new UserCommands(node);

        var login = await user.LogInAsync(issuer, "alice");
        var token = (await user.RunAsync("token", "--connection", "telemetry")).Output.Trim();
        var who = await user.RunAsync("whoami");

        Assert.StartsWith("eyJ", token, StringComparison.Ordinal);
        Assert.DoesNotContain(token, login.All + who.All, StringComparison.Ordinal);
        Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(user.TokensFile));
        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(Path.GetDirectoryName(user.TokensFile)!));

        File.SetUnixFileMode(user.TokensFile, (UnixFileMode)0b110_100_000);
        var refused = await user.RunAsync("token");
        Assert.Equal(1, refused.Code);
        Assert.Equal($"gateway: {user.TokensFile} is open to others than its owner; run: chmod 600 {user.TokensFile}\n", refused.Said);
    }

    [RequiresFact("node", "npm")]
    public async Task A_token_is_renewed_before_it_is_used_however_many_commands_ask_at_once_until_the_person_logs_out()
    {
        await using var issuer = await OidcProvider.StartAsync(TimeSpan.FromSeconds(8));
        await using var node = await NodeAsync(issuer);
        using var user = new UserCommands(node);
        await user.LogInAsync(issuer, "alice");
        var first = (await user.RunAsync("token")).Output;

        await Eventually.AssertAsync(async () =>
        {
            var tokens = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => user.RunAsync("token")));
            Assert.All(tokens, token => Assert.True(token.Code == 0, token.All));
            Assert.All(tokens, token => Assert.NotEqual(first, token.Output));
        });

        Assert.Equal(0, (await user.RunAsync("whoami")).Code);
        var logout = await user.RunAsync("logout");
        Assert.True(logout is { Code: 0, Said: "" }, logout.All);
        Assert.Equal(4, (await user.RunAsync("whoami")).Code);
        Assert.Equal(4, (await user.RunAsync("token")).Code);
    }

    [RequiresFact("node", "npm")]
    public async Task A_service_account_logs_in_with_a_secret_that_stays_in_its_file()
    {
        await using var issuer = await OidcProvider.StartAsync(TimeSpan.FromMinutes(5));
        await using var node = await NodeAsync(issuer);
        using var user = new UserCommands(node);
        using var folder = new ConfigurationFolder();
        var secret = folder.WriteSecret("meter.secret", OidcProvider.ServiceSecret + "\n");

        var login = await user.RunAsync("login", "--client-id", "meter", "--client-secret-file", secret);

        Assert.True(login.Code == 0, login.All);
        Assert.Contains("meter", (await user.RunAsync("whoami")).Output, StringComparison.Ordinal);
        Assert.DoesNotContain(OidcProvider.ServiceSecret, await File.ReadAllTextAsync(user.TokensFile), StringComparison.Ordinal);
        var wrong = folder.WriteSecret("wrong.secret", "canary-wrong\n");
        var refused = await user.RunAsync("login", "--client-id", "meter", "--client-secret-file", wrong);
        Assert.True(refused.Code == 4, refused.All);
        Assert.Contains("invalid_client", refused.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", refused.All, StringComparison.Ordinal);
    }

    [RequiresFact("node", "npm")]
    public async Task A_connection_that_does_not_admit_the_person_is_not_told_from_one_that_does_not_exist()
    {
        await using var issuer = await OidcProvider.StartAsync(TimeSpan.FromMinutes(5));
        await using var node = await NodeAsync(issuer);
        using var user = new UserCommands(node);
        await user.LogInAsync(issuer, "bob");

        var (closed, absent) = (await user.RunAsync("token", "--connection", "telemetry"), await user.RunAsync("token", "--connection", "nonesuch"));

        Assert.Equal((3, 3), (closed.Code, absent.Code));
        Assert.Equal(closed.Said.Replace("telemetry", "nonesuch", StringComparison.Ordinal), absent.Said);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        _upstreams.Dispose();
        return Task.CompletedTask;
    }

    Task<TestNode> NodeAsync(OidcProvider issuer) => MqttNode.StartAsync(_upstreams, 1, "unused", issuer.Options());
}

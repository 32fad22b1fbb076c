using System.Diagnostics.CodeAnalysis;
using Gateway.Cli;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>What a client said can be said again to a live upstream: through a connection, as whoever does it, on record, and recorded itself.</summary>
[SuppressMessage("Design", "CA1001", Justification = "xunit calls DisposeAsync.")]
public sealed class RedriveSpec : IAsyncLifetime
{
    static readonly string[] s_client = ["telemetry"];
    static readonly string[] s_both = ["telemetry", "auditors", "operators"];
    static readonly string[] s_auditor = ["telemetry", "auditors"];
    static readonly string[] s_stranger = ["auditors", "operators"];

    readonly TestCertificates _upstreams = new("Upstream CA");
    FakeIssuer _issuer = null!;

    public async Task InitializeAsync() => _issuer = await FakeIssuer.StartAsync();

    [RequiresTheory("mosquitto", "mosquitto_pub", "mosquitto_sub")]
    [InlineData("mqttv311", 0)]
    [InlineData("mqttv311", 2)]
    [InlineData("mqttv5", 1)]
    public async Task What_a_client_published_is_published_again_and_only_that(string version, int qos)
    {
        await using var broker = await Mosquitto.StartAsync(_upstreams.Server());
        await using var node = await MqttNode.StartAsync(_upstreams, broker.Port, broker.Password, _issuer.Options());
        var tool = new MqttTool(node.Address("telemetry").Port, node.AuthorityFile, Token(s_client));
        Assert.Equal(0, (await tool.PublishAsync(version, qos, "sensors/7", "21.5")).ExitCode);
        var recorded = await node.EndedAsync();
        using var user = new UserCommands(node);
        user.Variables["GATEWAY_TOKEN"] = Token(s_both);

        var listening = tool.SubscribeAsync(version, qos, "sensors/#", messages: 1);
        await Eventually.AssertAsync(async () => Assert.Contains("SUBACK", (await OpenTranscriptAsync(user)), StringComparison.Ordinal));
        var redriven = await user.RunAsync(
            "sessions", "replay", recorded.SessionId, "--to", "telemetry", "--reason", "to see it happen", "--pace", "realtime");

        Assert.True(redriven.Code == ExitCode.Ok, redriven.All);
        Assert.Equal("1 sent with 4 bytes, 0 without an answer, 0 refused\n", redriven.Output);
        Assert.Contains("sensors/7 21.5", (await listening).Output, StringComparison.Ordinal);
        var audit = (await user.RunAsync("audit")).Output;
        Assert.Contains("session-redriven", audit, StringComparison.Ordinal);
        Assert.Contains("telemetry: to see it happen", audit, StringComparison.Ordinal);
        var found = await user.RunAsync("sessions", "grep", "^PUBLISH$", "--direction", "to-upstream", "--count");
        Assert.True(found.Said.Contains("2 matches in 2 of 3 sessions", StringComparison.Ordinal), found.All);
    }

    [RequiresFact("mosquitto", "mosquitto_pub")]
    public async Task Who_lacks_a_role_or_is_not_admitted_by_the_connection_says_nothing()
    {
        await using var broker = await Mosquitto.StartAsync(_upstreams.Server());
        await using var node = await MqttNode.StartAsync(_upstreams, broker.Port, broker.Password, _issuer.Options());
        var tool = new MqttTool(node.Address("telemetry").Port, node.AuthorityFile, Token(s_client));
        Assert.Equal(0, (await tool.PublishAsync("mqttv5", 1, "sensors/7", "21.5")).ExitCode);
        var recorded = await node.EndedAsync();
        using var user = new UserCommands(node);
        string[] command = ["sessions", "replay", recorded.SessionId, "--to", "telemetry", "--reason", "to try"];

        user.Variables["GATEWAY_TOKEN"] = Token(s_auditor);
        var auditor = await user.RunAsync(command);
        user.Variables["GATEWAY_TOKEN"] = Token(s_stranger);
        var stranger = await user.RunAsync(command);
        user.Variables["GATEWAY_TOKEN"] = Token(s_both);
        var unreasoned = await user.RunAsync(command[..5]);
        var audit = await user.RunAsync("audit");

        Assert.Equal((ExitCode.Refused, ExitCode.NotFound, ExitCode.Usage), (auditor.Code, stranger.Code, unreasoned.Code));
        Assert.Contains("auditor and operator", auditor.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("session-redriven", audit.Output, StringComparison.Ordinal);
    }

    public async Task DisposeAsync()
    {
        await _issuer.DisposeAsync();
        _upstreams.Dispose();
    }

    string Token(string[] groups) => _issuer.Mint(new TokenContent { Groups = groups });

    static async Task<string> OpenTranscriptAsync(UserCommands user)
    {
        var open = (await user.RunAsync("sessions", "list", "--open")).Output.Split('\n');
        return open.Length < 3 ? "" : (await user.RunAsync("sessions", "replay", open[1].Split(' ')[0])).Output;
    }
}

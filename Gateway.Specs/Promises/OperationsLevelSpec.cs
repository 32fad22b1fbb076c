using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Gateway.Cli;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>A connection may keep what was said without what it carried.</summary>
[SuppressMessage("Design", "CA1001", Justification = "xunit calls DisposeAsync.")]
public sealed class OperationsLevelSpec : IAsyncLifetime
{
    static readonly string[] s_client = ["telemetry"];
    static readonly string[] s_both = ["auditors", "operators"];

    readonly TestCertificates _upstreams = new("Upstream CA");
    FakeIssuer _issuer = null!;

    public async Task InitializeAsync() => _issuer = await FakeIssuer.StartAsync();

    [RequiresFact("mosquitto", "mosquitto_pub")]
    public async Task Of_a_connection_that_keeps_operations_what_was_said_is_found_and_what_it_carried_is_nowhere()
    {
        await using var broker = await Mosquitto.StartAsync(_upstreams.Server());
        await using var node = await MqttNode.StartAsync(_upstreams, broker.Port, broker.Password, _issuer.Options(), recording: "{ level: operations }");
        var tool = new MqttTool(node.Address("telemetry").Port, node.AuthorityFile, Token(s_client));
        Assert.Equal(0, (await tool.PublishAsync("mqttv5", 1, "sensors/7", "canary-21.5")).ExitCode);
        var recorded = await node.EndedAsync();
        using var user = new UserCommands(node);
        user.Variables["GATEWAY_TOKEN"] = Token(s_both);

        var replayed = await user.RunAsync("sessions", "replay", recorded.SessionId);
        var found = await user.RunAsync("sessions", "grep", "sensors/7", "--count");
        string[] published = ["sessions", "list", "--operation", "publish", "--topic", "sensors/7"];
        var listed = await user.RunAsync(published);
        var others = await user.RunAsync("sessions", "list", "--operation", "subscribe", "--topic", "sensors/7");
        var verified = await user.RunAsync("sessions", "verify", recorded.SessionId);
        var exported = await user.RunAsync("sessions", "export", recorded.SessionId, "--output", Path.Combine(user.Home, "session.json"));
        var packed = await user.RunAsync("sessions", "export", recorded.SessionId, "--format", "pcapng", "--output", Path.Combine(user.Home, "session.pcapng"));

        Assert.Equal(
            ["CONNECT", "CONNACK", "PUBLISH", "PUBACK", "DISCONNECT"], replayed.Output.TrimEnd().Split('\n').Select(line => line.Split(' ')[2]));
        Assert.Contains("PUBLISH     sensors/7  QoS 1, id 1, 11 bytes", replayed.Output, StringComparison.Ordinal);
        Assert.Equal($"{recorded.SessionId}  1\n", found.Output);
        Assert.Contains(recorded.SessionId, listed.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("besides", listed.All, StringComparison.Ordinal);
        Assert.DoesNotContain(recorded.SessionId, others.All, StringComparison.Ordinal);
        Assert.True(verified.Output.Contains("  verified  ", StringComparison.Ordinal), verified.All);
        Assert.Equal(ExitCode.Failed, packed.Code);
        Assert.Equal(0, exported.Code);
        var text = await File.ReadAllTextAsync(Path.Combine(user.Home, "session.json"));
        var lines = text.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        var operations = lines.Where(line => line.TryGetProperty("operation", out _)).ToArray();
        Assert.Equal(
            ["CONNECT", "CONNACK", "PUBLISH", "PUBACK", "DISCONNECT"], operations.Select(line => line.GetProperty("operation").GetString()));
        Assert.Equal("sensors/7", operations[2].GetProperty("resources")[0].GetString());
        Assert.DoesNotContain("canary", text, StringComparison.Ordinal);
        await foreach (var e in node.Archive.ReadAsync(recorded.SessionId, default))
            Assert.True(e.Bytes.Span.IndexOf("canary"u8) < 0 && e.Bytes.Span.IndexOf("sensors/7"u8) < 0, e.Manifest);

        Assert.Equal(0, (await user.RunAsync("sessions", "erase", recorded.SessionId, "--reason", "spec")).Code);
        var erased = await user.RunAsync("sessions", "replay", recorded.SessionId);
        var forgotten = await user.RunAsync(published);
        Assert.DoesNotContain(recorded.SessionId, forgotten.Output, StringComparison.Ordinal);
        Assert.Contains("1 session besides may have done so", forgotten.All, StringComparison.Ordinal);
        var proven = await user.RunAsync("sessions", "verify", recorded.SessionId);
        Assert.True(erased.Code == ExitCode.Failed && erased.All.Contains("was erased", StringComparison.Ordinal), erased.All);
        Assert.True(proven.Output.Contains("  verified  ", StringComparison.Ordinal), proven.All);
    }

    public async Task DisposeAsync()
    {
        await _issuer.DisposeAsync();
        _upstreams.Dispose();
    }

    string Token(string[] groups) => _issuer.Mint(new TokenContent { Groups = groups });
}

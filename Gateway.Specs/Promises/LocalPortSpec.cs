using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary><c>gateway connect</c>: clients that know neither TLS nor tokens reach a connection through a port on loopback.</summary>
[SuppressMessage("Design", "CA1001", Justification = "xunit calls DisposeAsync.")]
public sealed class LocalPortSpec : IAsyncLifetime
{
    readonly TestCertificates _upstreams = new("Upstream CA");

    [RequiresFact("mosquitto", "mosquitto_pub", "mosquitto_sub", "node", "npm")]
    public async Task Plain_clients_publish_and_subscribe_as_the_person_who_logged_in_also_when_the_first_token_has_expired()
    {
        await using var broker = await Mosquitto.StartAsync(_upstreams.Server());
        await using var issuer = await OidcProvider.StartAsync(TimeSpan.FromSeconds(8));
        await using var node = await MqttNode.StartAsync(_upstreams, broker.Port, broker.Password, issuer.Options());
        using var user = new UserCommands(node);
        await user.LogInAsync(issuer, "alice");
        var first = (await user.RunAsync("token")).Output;

        var connect = user.Begin("connect", "telemetry");
        var port = $"{await connect.PortAsync()}";
        var published = await PublishAsync(port, "-V", "mqttv311", "-q", "1", "-t", "sensors/7", "-m", "21.5", "-r");
        Assert.True(published.ExitCode == 0, published.Output + connect.Said);
        await Eventually.AssertAsync(async () => Assert.NotEqual(first, (await user.RunAsync("token")).Output));
        var received = await Tool.RunAsync(
            "mosquitto_sub", "-h", "127.0.0.1", "-p", port, "-V", "mqttv5", "-u", "somebody", "-t", "sensors/#", "-C", "1", "-W", "15");

        Assert.Equal("21.5", received.Output.Trim());
        Assert.All(await EndedAsync(node, 2), session => Assert.Equal("alice", session));
        connect.Interrupt();
        Assert.Equal(130, (await connect.EndAsync()).Code);
    }

    [Fact]
    public async Task What_is_no_login_is_turned_away_and_no_byte_of_it_passed_on()
    {
        await using var issuer = await FakeIssuer.StartAsync();
        await using var node = await MqttNode.StartAsync(_upstreams, 1, "unused", issuer.Options());
        using var user = new UserCommands(node);
        user.Variables["GATEWAY_TOKEN"] = MqttNode.Token(issuer);
        var connect = user.Begin("connect", "telemetry");

        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, await connect.PortAsync());
        await client.GetStream().WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());

        Assert.Equal(0, await client.GetStream().ReadAsync(new byte[16]));
        await connect.SaysAsync("no CONNECT of MQTT");
        connect.Interrupt();
        var ended = await connect.EndAsync();
        Assert.Equal("gateway: a client was refused: its first packet is no CONNECT of MQTT\n", ended.Said);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told()
    {
        await using var issuer = await FakeIssuer.StartAsync();
        await using var node = await MqttNode.StartAsync(_upstreams, 1, "unused", issuer.Options());
        using var user = new UserCommands(node);
        user.Variables["GATEWAY_TOKEN"] = MqttNode.Token(issuer);
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();

        var refused = await user.RunAsync("connect", "telemetry", "--port", $"{((IPEndPoint)other.LocalEndpoint).Port}");

        Assert.Equal(1, refused.Code);
        Assert.EndsWith("choose another with --port\n", refused.Said, StringComparison.Ordinal);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        _upstreams.Dispose();
        return Task.CompletedTask;
    }

    static Task<ToolRun> PublishAsync(string port, params string[] arguments) =>
        Tool.RunAsync("mosquitto_pub", ["-h", "127.0.0.1", "-p", port, .. arguments]);

    static async Task<IEnumerable<string?>> EndedAsync(TestNode node, int count)
    {
        IReadOnlyList<string?> subjects = [];
        await Eventually.AssertAsync(async () =>
        {
            var rows = await node.Archive.ListAsync(new() { Open = false }, CancellationToken.None);
            Assert.Equal(count, rows.Count);
            subjects = [.. rows.Select(row => row.Subject)];
        });
        return subjects;
    }
}

using System.Diagnostics.CodeAnalysis;
using Gateway.Specs.Support;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>A real issuer that goes away, and comes back with another key.</summary>
[SuppressMessage("Design", "CA1001", Justification = "xunit calls DisposeAsync.")]
public sealed class IssuerRotationSpec : IAsyncLifetime
{
    // Metrics are the process's: a name of its own keeps these refusals apart from those of other specs.
    const string Connection = "rotation";

    readonly TestCertificates _upstreams = new("Upstream CA");

    [RequiresFact("node", "npm", "mosquitto")]
    public async Task Sessions_run_and_begin_while_the_issuer_is_out_and_its_new_key_is_taken_when_it_is_back()
    {
        await using var issuer = await OidcProvider.StartAsync(TimeSpan.FromMinutes(10));
        await using var broker = await Mosquitto.StartAsync(_upstreams.Server());
        await using var node = await MqttNode.StartAsync(_upstreams, broker.Port, broker.Password, issuer.Options(), connection: Connection);
        var old = await issuer.ServiceTokenAsync();
        var (client, received) = await MqttClients.ConnectAsync(MqttClients.Options(node, old, MqttProtocolVersion.V500, Connection));
        using var running = client;
        await client.SubscribeAsync("news", MqttQualityOfServiceLevel.AtLeastOnce);

        await issuer.StopAsync();
        Assert.Equal(MqttClientConnectResultCode.Success, await LogInAsync(node, old));
        await issuer.StartAgainAsync();
        var fresh = await issuer.ServiceTokenAsync();
        await Eventually.AssertAsync(async () => Assert.Equal(MqttClientConnectResultCode.Success, await LogInAsync(node, fresh)));

        Assert.Equal(MqttClientConnectResultCode.NotAuthorized, await LogInAsync(node, old));
        await client.PublishStringAsync("news", "still here", MqttQualityOfServiceLevel.AtLeastOnce);
        Assert.Equal("news", (await received.NextAsync()).Topic);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        _upstreams.Dispose();
        return Task.CompletedTask;
    }

    static async Task<MqttClientConnectResultCode> LogInAsync(TestNode node, string token)
    {
        using var client = new MqttClientFactory().CreateMqttClient();
        var answer = await client.ConnectAsync(MqttClients.Options(node, token, MqttProtocolVersion.V500, Connection).Build());
        return answer.ResultCode;
    }
}

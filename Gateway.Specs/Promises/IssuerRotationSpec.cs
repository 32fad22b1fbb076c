using System.Diagnostics.CodeAnalysis;
using Gateway.Actors.Identify;
using Gateway.Protocols;
using Gateway.Specs.Support;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>A real issuer that goes away and comes back with another key, that hangs, and whose clock is wrong.</summary>
[SuppressMessage("Design", "CA1001", Justification = "xunit calls DisposeAsync.")]
public sealed class IssuerRotationSpec : IAsyncLifetime
{
    // Metrics are the process's: a name of its own keeps these refusals apart from those of other specs.
    const string Connection = "rotation";

    /// <summary>What needs no issuer, on a machine that is busy.</summary>
    static readonly TimeSpan s_swift = TimeSpan.FromSeconds(4);

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

    [RequiresFact("node", "npm", "mosquitto", "kill")]
    public async Task While_the_issuer_hangs_whose_keys_are_known_is_let_in_at_once_and_nobody_waits_longer_than_the_deadline()
    {
        await using var issuer = await OidcProvider.StartAsync(TimeSpan.FromMinutes(10));
        await using var broker = await Mosquitto.StartAsync(_upstreams.Server());
        await using var node = await MqttNode.StartAsync(_upstreams, broker.Port, broker.Password, issuer.Options(), connection: Connection);
        var token = await issuer.ServiceTokenAsync();
        try
        {
            await issuer.HangAsync();
            Assert.NotEqual(MqttClientConnectResultCode.Success, await LogInAsync(node, token).WaitAsync(IdentityLimits.IssuerDeadline + s_swift));
            Assert.Equal(Refusal.IssuerUnavailable, (await node.EndedAsync()).Closing!.Refusal);
            await issuer.GoOnAsync();
            await Eventually.AssertAsync(async () => Assert.Equal(MqttClientConnectResultCode.Success, await LogInAsync(node, token)));

            await issuer.HangAsync();
            Assert.Equal(MqttClientConnectResultCode.Success, await LogInAsync(node, token).WaitAsync(s_swift));
        }
        finally
        {
            await issuer.GoOnAsync();
        }
    }

    [RequiresTheory("node", "npm")]
    [InlineData(10, Refusal.TokenNotYetValid)]
    [InlineData(-10, Refusal.TokenExpired)]
    public async Task A_token_by_a_clock_that_is_ten_minutes_off_is_refused_by_name_and_nothing_is_sent_upstream(int minutes, Refusal refusal)
    {
        await using var issuer = await OidcProvider.StartAsync(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(minutes));
        await using var upstream = new TlsUpstream(_upstreams.Server(), TlsUpstream.EchoAsync);
        await using var node = await MqttNode.StartAsync(_upstreams, upstream.Port, "unheard", issuer.Options(), connection: Connection);

        Assert.Equal(MqttClientConnectResultCode.NotAuthorized, await LogInAsync(node, await issuer.ServiceTokenAsync()));

        Assert.Equal(refusal, (await node.EndedAsync()).Closing!.Refusal);
        Assert.Equal(0, upstream.Connections);
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

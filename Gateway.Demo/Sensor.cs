using System.Security.Cryptography.X509Certificates;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace Gateway.Demo;

/// <summary>A sensor: an MQTT client as anybody would write it, which knows the gateway's address and authority, and has a token.</summary>
static class Sensor
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    /// <summary>Publishes so many readings and returns those that came back over its own subscription.</summary>
    public static async Task<IReadOnlyList<string>> ReportAsync(int port, string authorityFile, string token, int readings, CancellationToken cancel)
    {
        using var client = new MqttClientFactory().CreateMqttClient();
        var received = new List<string>();
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        client.ApplicationMessageReceivedAsync += message =>
        {
            received.Add(message.ApplicationMessage.ConvertPayloadToString());
            if (received.Count == readings) all.TrySetResult();
            return Task.CompletedTask;
        };
        var login = await client.ConnectAsync(Options(port, authorityFile, token), cancel);
        if (login.ResultCode != MqttClientConnectResultCode.Success)
            throw new LoginRefusedException($"CONNACK {(int)login.ResultCode} ({login.ResultCode}): {login.ReasonString}");
        await client.SubscribeAsync("sensors/7/temperature", MqttQualityOfServiceLevel.AtLeastOnce, cancel);
        for (var i = 0; i < readings; i++)
            await client.PublishStringAsync("sensors/7/temperature", $"{20 + i * 0.5:0.0}", MqttQualityOfServiceLevel.AtLeastOnce, cancellationToken: cancel);
        await all.Task.WaitAsync(s_patience, cancel);
        await client.DisconnectAsync(cancellationToken: cancel);
        return received;
    }

    static MqttClientOptions Options(int port, string authorityFile, string token)
    {
        var trusted = new X509Certificate2Collection();
        trusted.ImportFromPemFile(authorityFile);
        return new MqttClientOptionsBuilder()
            .WithProtocolVersion(MqttProtocolVersion.V500)
            .WithClientId("sensor-7")
            .WithTcpServer("localhost", port)
            .WithCredentials("sensor-7", token)
            .WithTlsOptions(tls => tls.UseTls().WithTrustChain(trusted))
            .WithTimeout(s_patience)
            .Build();
    }
}

/// <summary>The login was answered with a refusal.</summary>
sealed class LoginRefusedException(string answer) : Exception(answer);

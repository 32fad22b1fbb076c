using System.Security.Cryptography.X509Certificates;
using MQTTnet;
using MQTTnet.Formatter;

namespace Gateway.Specs.Support;

/// <summary>MQTTnet, as anybody configures it for a gateway: address, authority, and a token as the password.</summary>
static class MqttClients
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>For a node's connection, over TLS.</summary>
    public static MqttClientOptionsBuilder Options(TestNode node, string token, MqttProtocolVersion version, string connection = "telemetry")
    {
        var trusted = new X509Certificate2Collection();
        trusted.ImportFromPemFile(node.AuthorityFile);
        return Plain(node.Address(connection).Port, token, version).WithTlsOptions(tls => tls.UseTls().WithTrustChain(trusted));
    }

    /// <summary>For a port that takes plaintext.</summary>
    public static MqttClientOptionsBuilder Plain(int port, string token, MqttProtocolVersion version) => new MqttClientOptionsBuilder()
        .WithProtocolVersion(version)
        .WithTcpServer("localhost", port)
        .WithCredentials("anybody", token)
        .WithTimeout(Patience);

    /// <summary>A client that logged in, and the messages it receives from then on.</summary>
    public static async Task<(IMqttClient Client, ReceivedMessages Received)> ConnectAsync(MqttClientOptionsBuilder options)
    {
        var client = new MqttClientFactory().CreateMqttClient();
        var received = new ReceivedMessages(client);
        await client.ConnectAsync(options.Build());
        return (client, received);
    }
}

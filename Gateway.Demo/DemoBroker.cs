using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace Gateway.Demo;

/// <summary>The upstream: an MQTT broker on loopback, over TLS only, for whoever has its one password. Clients never do; the gateway does.</summary>
sealed class DemoBroker : IAsyncDisposable
{
    public const string UserName = "gateway";

    readonly MqttServer _server;

    DemoBroker(MqttServer server, int port) => (_server, Port) = (server, port);

    public int Port { get; }

    public static async Task<DemoBroker> StartAsync(X509Certificate2 certificate, string password)
    {
        var port = FreePort();
        var server = new MqttServerFactory().CreateMqttServer(new MqttServerOptionsBuilder()
            .WithoutDefaultEndpoint()
            .WithEncryptedEndpoint()
            .WithEncryptedEndpointBoundIPAddress(IPAddress.Loopback)
            .WithEncryptedEndpointBoundIPV6Address(IPAddress.None)
            .WithEncryptedEndpointPort(port)
            .WithEncryptionCertificate(certificate)
            .WithEncryptionSslProtocol(SslProtocols.Tls13)
            .Build());
        server.ValidatingConnectionAsync += login =>
        {
            var isGateway = login.UserName == UserName && login.Password == password;
            login.ReasonCode = isGateway ? MqttConnectReasonCode.Success : MqttConnectReasonCode.BadUserNameOrPassword;
            return Task.CompletedTask;
        };
        await server.StartAsync();
        return new DemoBroker(server, port);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync();
        _server.Dispose();
    }

    // The broker cannot be asked which port the system chose for it.
    static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}

using System.Net;
using System.Net.Sockets;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>What a newcomer and an operator meet first, as real processes.</summary>
public sealed class StartSpec
{
    static readonly Dictionary<string, string> s_noEnvironment = [];

    [Fact]
    public async Task A_broken_configuration_stops_the_node_before_a_port_opens_and_tells_every_fault_at_once()
    {
        using var folder = new ConfigurationFolder();
        using var reserved = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        reserved.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)reserved.LocalEndPoint!).Port;
        reserved.Close();
        folder.Write("appsettings.json", """{ "Gateway": { "Admin": { "Port": 70000 }, "Nod": { "Name": "x" } } }""");
        folder.Write("connections.yaml", $$"""
            apiVersion: gateway/v1
            kind: Connection
            metadata: { name: echo }
            spec:
              protocol: mqtt
              listen: { address: 127.0.0.1, port: {{port}} }
              upstream: { host: localhost, port: 1, tls: { authorities: absent.crt } }
              access: { groups: [] }
            """);

        await using var node = SpecProcess.Start("gateway-node", folder.Root, s_noEnvironment, "--contentRoot", folder.Root);

        Assert.Equal(1, await node.ExitAsync());
        await Eventually.AssertAsync(() =>
        {
            Assert.Contains("gateway-node: Gateway:Admin:Port is \"70000\": must be between 0 and 65535", node.Output, StringComparison.Ordinal);
            Assert.Contains("gateway-node: Gateway:Nod: there is no such setting; did you mean \"Node\"?", node.Output, StringComparison.Ordinal);
            Assert.Contains("absent.crt does not exist", node.Output, StringComparison.Ordinal);
            Assert.Contains("spec.access.groups", node.Output, StringComparison.Ordinal);
            return Task.CompletedTask;
        });
        Assert.All(node.Output.Split('\n'), line => Assert.StartsWith("gateway-node: ", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_demo_walks_through_every_step_with_an_empty_home()
    {
        using var home = new ConfigurationFolder();
        var environment = new Dictionary<string, string> { ["HOME"] = home.Root };

        await using var demo = SpecProcess.Start("gateway-demo", home.Root, environment, "--once");

        Assert.True(await demo.ExitAsync() == 0, demo.Output);
        Assert.Contains("verified", demo.Output, StringComparison.Ordinal);
        Assert.Contains("Every step passed", demo.Output, StringComparison.Ordinal);
    }
}

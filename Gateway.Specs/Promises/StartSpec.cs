using System.Net;
using System.Net.Sockets;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>What a newcomer and an operator meet first, as real processes.</summary>
public sealed class StartSpec
{
    static readonly Dictionary<string, string> s_noEnvironment = [];

    static readonly string[] s_faults =
    [
        "Gateway:Admin:Port is \"70000\": must be between 0 and 65535",
        "Gateway:Nod: there is no such setting; did you mean \"Node\"?",
        "absent.crt does not exist",
        "spec.access.issuers: admits nobody",
        "spec.access.groups: admits nobody",
    ];

    static readonly string[] s_demoSteps =
    [
        "A gateway node is up",
        "5 readings went through the gateway",
        "CONNACK 135 (NotAuthorized): not-authorized",
        "$ gateway sessions list",
        "$ gateway sessions replay",
        "sensors/7/temperature",
        "$ gateway sessions verify",
        "whole, unaltered and sealed",
        "Every step passed",
    ];

    [Fact]
    public async Task A_broken_configuration_stops_the_node_before_a_port_opens_and_tells_every_fault_at_once()
    {
        using var folder = new ConfigurationFolder();
        using var reserved = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        reserved.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        // Taken: a node that opened its ports first would stumble over this one and never come to the faults.
        reserved.Listen();
        var port = ((IPEndPoint)reserved.LocalEndPoint!).Port;
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
        var told = node.Output.Split('\n');
        Assert.All(told, line => Assert.StartsWith("gateway-node: ", line, StringComparison.Ordinal));
        foreach (var fault in s_faults) Assert.Single(told, line => line.Contains(fault, StringComparison.Ordinal));
        Assert.Equal(s_faults.Length, told.Length);
        Assert.Equal(["appsettings.json", "connections.yaml"], Directory.GetFileSystemEntries(folder.Root).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task The_demo_walks_through_every_step_with_an_empty_home_and_leaves_it_empty()
    {
        using var home = new ConfigurationFolder();
        var environment = new Dictionary<string, string> { ["HOME"] = home.Root };

        await using var demo = SpecProcess.Start("gateway-demo", home.Root, environment, "--once");

        Assert.True(await demo.ExitAsync() == 0, demo.Output);
        foreach (var shown in s_demoSteps) Assert.Contains(shown, demo.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(home.Root));
    }
}

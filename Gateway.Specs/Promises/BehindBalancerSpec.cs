using System.Net;
using System.Net.Sockets;
using Gateway.Actors.Record;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>A node behind a real haproxy: who the client is, for its record and for what it may do, is who haproxy says.</summary>
public sealed class BehindBalancerSpec : IDisposable
{
    readonly TestCertificates _clients = new("Clients CA");
    readonly TestCertificates _upstreams = new("Upstream CA");

    public void Dispose()
    {
        _clients.Dispose();
        _upstreams.Dispose();
    }

    [RequiresTheory("haproxy")]
    [InlineData("send-proxy")]
    [InlineData("send-proxy-v2")]
    public async Task A_session_is_its_clients_and_not_the_balancers(string send)
    {
        await using var upstream = new TlsUpstream(_upstreams.Server(), TlsUpstream.EchoAsync);
        await using var node = await StartAsync(upstream.Port);
        await using var balancer = await HaproxyFront.StartAsync(node.Address("echo"), send);

        await using (var client = await ConnectAsync(node, balancer.Address, from: "127.0.0.9"))
        {
            await client.WriteAsync("telemetry"u8.ToArray());
            await client.ShutdownAsync();
            Assert.Equal("telemetry"u8.ToArray(), await TlsClient.ReadToEndAsync(client));
        }

        var row = await node.EndedAsync();
        Assert.Equal(("127.0.0.9", "camera-17"), (IPEndPoint.Parse(row.ClientAddress).Address.ToString(), row.Subject));
        Assert.Equal(Ending.ClosedByClient, row.Closing!.Ending);
    }

    [RequiresFact("haproxy")]
    public async Task What_is_denied_to_an_address_is_denied_to_it_behind_the_balancer_too()
    {
        await using var upstream = new TlsUpstream(_upstreams.Server(), TlsUpstream.EchoAsync);
        await using var node = await StartAsync(upstream.Port);
        await using var balancer = await HaproxyFront.StartAsync(node.Address("echo"), "send-proxy-v2");

        await using var client = await ConnectAsync(node, balancer.Address, from: "127.0.0.66");

        Assert.Empty(await TlsClient.ReadToEndAsync(client));
        var row = await node.EndedAsync();
        Assert.Equal(Refusal.NotGranted, row.Closing!.Refusal);
        Assert.StartsWith("127.0.0.66:", row.ClientAddress, StringComparison.Ordinal);
        Assert.Equal(0, upstream.Connections);
    }

    [RequiresFact("haproxy")]
    public async Task An_address_behind_the_balancer_that_says_nothing_keeps_no_other_from_its_session()
    {
        await using var upstream = new TlsUpstream(_upstreams.Server(), TlsUpstream.EchoAsync);
        await using var node = await StartAsync(upstream.Port, ("Limits:Handshakes", "16"), ("Limits:HandshakesPerAddress", "8"));
        await using var balancer = await HaproxyFront.StartAsync(node.Address("echo"), "send-proxy-v2");
        var silent = new List<Socket>();
        try
        {
            for (var i = 0; i < 50; i++)
            {
                silent.Add(From("127.0.0.67"));
                await silent[^1].ConnectAsync(balancer.Address);
            }

            await using var client = await ConnectAsync(node, balancer.Address, from: "127.0.0.9").WaitAsync(TimeSpan.FromSeconds(5));
            await client.WriteAsync("hello"u8.ToArray());
            await client.ReadExactlyAsync(new byte[5]).AsTask().WaitAsync(TimeSpan.FromSeconds(5));

            await Eventually.AssertAsync(async () =>
            {
                var rows = await node.Archive.ListAsync(new SessionFilter { Open = false }, CancellationToken.None);
                Assert.Equal(42, rows.Count(row => row.Closing!.Refusal == Refusal.TooManyFromAddress));
            });
        }
        finally
        {
            foreach (var socket in silent) socket.Dispose();
        }
    }

    [RequiresFact("haproxy")]
    public async Task A_balancer_that_does_not_say_whom_it_connects_is_refused_by_name()
    {
        await using var upstream = new TlsUpstream(_upstreams.Server(), TlsUpstream.EchoAsync);
        await using var node = await StartAsync(upstream.Port);
        await using var balancer = await HaproxyFront.StartAsync(node.Address("echo"), send: "");

        await Assert.ThrowsAnyAsync<Exception>(() => ConnectAsync(node, balancer.Address, from: "127.0.0.9"));

        Assert.Equal(Refusal.ProxyHeaderMissing, (await node.EndedAsync()).Closing!.Refusal);
    }

    [RequiresFact("haproxy")]
    public async Task Whoever_is_no_balancer_can_pass_for_nobody()
    {
        await using var upstream = new TlsUpstream(_upstreams.Server(), TlsUpstream.EchoAsync);
        await using var node = await StartAsync(upstream.Port);
        using var socket = From("127.0.0.66");
        await socket.ConnectAsync(node.Address("echo"));

        await socket.SendAsync("PROXY TCP4 192.0.2.7 198.51.100.1 40112 8883\r\n"u8.ToArray());

        Assert.Empty(await TlsClient.ReadToEndAsync(new NetworkStream(socket)));
        var row = await node.EndedAsync();
        Assert.Equal(Refusal.ProxyHeaderUntrusted, row.Closing!.Refusal);
        Assert.StartsWith("127.0.0.66:", row.ClientAddress, StringComparison.Ordinal);
    }

    Task<System.Net.Security.SslStream> ConnectAsync(TestNode node, IPEndPoint address, string from) =>
        TlsClient.ConnectAsync(address, node.AuthorityFile, _clients.Client("camera-17"), From(from));

    static Socket From(string address)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
        return socket;
    }

    // haproxy connects from 127.0.0.1, and so does the node when it looks at its own listener.
    Task<TestNode> StartAsync(int upstreamPort, params (string Name, string Value)[] settings)
    {
        var folder = new ConfigurationFolder();
        _clients.WriteAuthority(folder.PathOf("clients.crt"));
        _upstreams.WriteAuthority(folder.PathOf("upstream.crt"));
        return TestNode.StartAsync(folder, $$"""
            apiVersion: gateway/v1
            kind: Connection
            metadata: { name: echo }
            spec:
              protocol: tls
              listen: { address: 127.0.0.1, port: 0, proxyProtocol: { from: [127.0.0.1] } }
              tls: { clientCertificate: required, clientAuthorities: clients.crt }
              upstream:
                host: 127.0.0.1
                port: {{upstreamPort}}
                tls: { serverName: localhost, authorities: upstream.crt }
              access:
                subjects: [camera-17]
                rules: [{ effect: deny, networks: [127.0.0.66] }]
            """, settings.ToDictionary(s => s.Name, s => (string?)s.Value));
    }
}

using System.Diagnostics;
using System.Net.Sockets;

namespace Gateway.Specs.Support;

/// <summary>
/// A real haproxy in front of a cluster's nodes, as anybody sets one up: it asks each node's <c>/health/ready</c>, and passes TCP on to those that are. It
/// has the nodes' ports on 127.0.0.1, and makes good for nothing: what a node refuses is refused to the client.
/// </summary>
sealed class HaproxyCluster : IAsyncDisposable
{
    readonly ConfigurationFolder _folder;
    readonly Process _process;

    HaproxyCluster(ConfigurationFolder folder, Process process) => (_folder, _process) = (folder, process);

    string Socket => _folder.PathOf("state");

    /// <summary>Starts it, and waits until it finds every node ready.</summary>
    /// <param name="cluster">Nodes with plans at one port.</param>
    /// <param name="ports">The nodes' ports.</param>
    public static async Task<HaproxyCluster> StartAsync(TestCluster cluster, params int[] ports)
    {
        var folder = new ConfigurationFolder();
        var authority = cluster.Authority.WriteAuthority(folder.PathOf("authority.crt"));
        var file = folder.Write("haproxy.cfg", $"""
            global
              stats socket {folder.PathOf("state")}
            defaults
              mode tcp
              balance roundrobin
              retries 0
              no option redispatch
              timeout connect 5s
              timeout client 5m
              timeout server 5m
              timeout check 10s
              option httpchk
              http-check send meth GET uri /health/ready ver HTTP/1.1 hdr Host localhost
              http-check expect status 200
              default-server check check-ssl check-sni localhost ca-file {authority} verify required inter 500ms fall 2 rise 1 init-addr none
            {string.Concat(ports.Select(port => Listen(cluster, port)))}
            """);
        var front = new HaproxyCluster(folder, Process.Start(Tool.Path("haproxy"), ["-q", "-db", "-f", file]));
        for (var i = 0; i < cluster.Nodes.Count; i++) await front.FindsReadyAsync(cluster, i);
        return front;
    }

    /// <summary>Waits until it passes clients on to that node, at every port.</summary>
    public Task FindsReadyAsync(TestCluster cluster, int index) => Eventually.AssertAsync(async () =>
    {
        Xunit.Assert.False(_process.HasExited);
        // proxy,server,...: the 18th field is the state.
        var states = (await StatisticsAsync()).Split('\n').Select(line => line.Split(',')).Where(f => f.Length > 17 && f[1] == $"gw-{index + 1}").ToArray();
        Xunit.Assert.True(states.Length > 0 && states.All(f => f[17] == "UP"), cluster.Nodes[index].Process.Output);
    });

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }

    static string Listen(TestCluster cluster, int port) =>
        $"listen at-{port}\n  bind 127.0.0.1:{port}\n"
        + string.Concat(cluster.Nodes.Select((node, i) => $"  server gw-{i + 1} {node.Address.Address}:{port} addr 127.0.0.1 port {node.AdminPort}\n"));

    async Task<string> StatisticsAsync()
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket));
            await using var stream = new NetworkStream(socket);
            await stream.WriteAsync("show stat\n"u8.ToArray());
            using var reader = new StreamReader(stream);
            return await reader.ReadToEndAsync();
        }
        catch (SocketException)
        {
            return ""; // It has only just been started.
        }
    }
}

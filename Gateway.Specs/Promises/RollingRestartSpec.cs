using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Gateway.Specs.Support;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>What users of a cluster behind a balancer see when every node of it is started anew: nothing, if their session is short.</summary>
[Collection(nameof(OwnCluster))]
public sealed class RollingRestartSpec
{
    /// <summary>Three come, one to each node, while a balancer makes up its mind.</summary>
    static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(200);

    static readonly TimeSpan s_notice = TimeSpan.FromSeconds(5);
    static readonly TimeSpan s_grace = TimeSpan.FromSeconds(3);

    [RequiresFact("haproxy", "postgres", "mosquitto", "mosquitto_passwd")]
    public async Task Every_node_is_drained_and_started_anew_without_a_new_session_being_refused_and_long_ones_are_told_why_they_end()
    {
        var cluster = new TestCluster();
        await using var broker = await Mosquitto.StartAsync(cluster.Upstreams.Server());
        var telemetry = FreePort.Next();
        cluster.Plans = [.. NodePlan.AtOnePort(3).Select(plan => plan with
        {
            Connections = Telemetry(plan.Address.Address, telemetry, broker.Port),
            Secrets = new() { ["broker.password"] = broker.Password },
            Settings = new() { ["Gateway__Node__DrainNotice"] = $"{s_notice}", ["Gateway__Node__DrainGrace"] = $"{s_grace}" },
        })];
        await cluster.InitializeAsync();
        try
        {
            await using var balancer = await HaproxyCluster.StartAsync(cluster, cluster.Plans[0].Address.Port, telemetry);
            await RollAsync(cluster, balancer, telemetry);
        }
        finally
        {
            await cluster.DisposeAsync();
        }
    }

    static async Task RollAsync(TestCluster cluster, HaproxyCluster balancer, int telemetry)
    {
        var all = new List<LongClient>();
        while (await PlacesAsync(cluster) < 2 * cluster.Nodes.Count)
            all.AddRange([await LongClient.StreamAsync(cluster), await LongClient.PublishAsync(cluster, telemetry)]);
        var lasting = all.Count;
        await using var visitors = new SteadyVisitors(s_pause, () => VisitAsync(cluster));
        await visitors.GoOnAsync(10);

        for (var i = 0; i < cluster.Nodes.Count; i++)
        {
            var told = Stopwatch.GetTimestamp();
            Assert.True(await EndAsync(cluster.Nodes[i], bySignal: i == 2) == 0, cluster.Nodes[i].Process.Output);

            Assert.Empty(visitors.Faults);
            var ended = all.Where(client => client.Ended.IsCompleted).ToArray();
            all.RemoveAll(ended.Contains);
            Assert.Equal(2, ended.DistinctBy(client => client.IsMqtt).Count());
            foreach (var client in ended) Assert.True(Stopwatch.GetElapsedTime(told, await client.Ended) >= s_notice + s_grace);
            await cluster.ReplaceAsync(i);
            await balancer.FindsReadyAsync(cluster, i);
            await visitors.GoOnAsync(10);
        }

        await visitors.EndAsync();
        Assert.Empty(visitors.Faults);
        Assert.Empty(all);
        await Eventually.AssertAsync(async () =>
        {
            Assert.Empty(await ListAsync(cluster, "list", "--open"));
            Assert.Equal(lasting, (await ListAsync(cluster, "list", "--refusal", "node-draining")).Count(s => Text(s, "ending") == "drained"));
        });
        var verdicts = await ListAsync(cluster, "verify", "--all");
        Assert.Equal(visitors.Visits + lasting, verdicts.Length);
        Assert.All(verdicts, session => Assert.Equal("verified", Text(session, "verdict")));
    }

    /// <summary>So many nodes and connections of them have a session.</summary>
    static async Task<int> PlacesAsync(TestCluster cluster) =>
        (await ListAsync(cluster, "list", "--open")).DistinctBy(session => (Text(session, "node"), Text(session, "connection"))).Count();

    /// <summary>As operators do it, or as a supervisor does. Returns the exit code.</summary>
    static async Task<int> EndAsync(NodeProcess node, bool bySignal)
    {
        if (bySignal) return await node.Process.TerminateAsync();
        var (code, output) = await node.GatewayAsync("node", "drain");
        Assert.True(code == 0, output);
        Assert.False(await node.IsReadyAsync());
        return await node.Process.ExitAsync();
    }

    /// <summary>A session that says little, hears it back and ends by itself.</summary>
    static async Task VisitAsync(TestCluster cluster)
    {
        await using var client = await cluster.OpenAsync(new IPEndPoint(IPAddress.Loopback, cluster.Plans[0].Address.Port));
        await client.ShutdownAsync();
        Assert.Equal(0, await client.ReadAsync(new byte[1]).AsTask().WaitAsync(TimeSpan.FromSeconds(30)));
    }

    static async Task<JsonElement[]> ListAsync(TestCluster cluster, string command, params string[] options)
    {
        var (_, output) = await cluster.Nodes[0].GatewayAsync(["sessions", command, .. options, "--json"]);
        // A list is one array, verdicts are one a line.
        return output.StartsWith('[')
            ? [.. JsonDocument.Parse(output).RootElement.EnumerateArray()]
            : [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    static string? Text(JsonElement session, string property) => session.GetProperty(property).GetString();

    static string Telemetry(IPAddress address, int port, int broker) => $$"""

        ---
        apiVersion: gateway/v1
        kind: Connection
        metadata: { name: telemetry }
        spec:
          protocol: mqtt
          listen: { address: {{address}}, port: {{port}} }
          upstream:
            host: 127.0.0.1
            port: {{broker}}
            tls: { serverName: localhost, authorities: upstream.crt }
            login: { userName: {{Mosquitto.UserName}}, passwordFile: broker.password }
          access: { issuers: [main], groups: [admins] }
        """;

    /// <summary>Says something again and again until it is ended, and checks how.</summary>
    sealed class LongClient(bool isMqtt, Task<long> ended)
    {
        public bool IsMqtt => isMqtt;

        /// <summary>The moment; a fault when it ended otherwise than was promised.</summary>
        public Task<long> Ended => ended;

        public static async Task<LongClient> StreamAsync(TestCluster cluster)
        {
            var stream = await cluster.OpenAsync(new IPEndPoint(IPAddress.Loopback, cluster.Plans[0].Address.Port));
            return new LongClient(isMqtt: false, Task.Run(async () =>
            {
                await using (stream)
                {
                    var (sent, back) = ("still here"u8.ToArray(), new byte[10]);
                    using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
                    try
                    {
                        while (await timer.WaitForNextTickAsync())
                        {
                            await stream.WriteAsync(sent);
                            if (await stream.ReadAtLeastAsync(back, back.Length, throwOnEndOfStream: false) < back.Length) break;
                            Assert.Equal(sent, back);
                        }
                    }
                    catch (IOException)
                    {
                        // It wrote to who had ended the session.
                    }

                    return Stopwatch.GetTimestamp();
                }
            }));
        }

        public static async Task<LongClient> PublishAsync(TestCluster cluster, int port)
        {
            var told = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
            var client = new MqttClientFactory().CreateMqttClient();
            client.DisconnectedAsync += args =>
            {
                if (args.Reason == MqttClientDisconnectReason.ServerShuttingDown) told.TrySetResult(Stopwatch.GetTimestamp());
                else told.TrySetException(new Xunit.Sdk.XunitException($"Disconnected: {args.Reason}, {args.ReasonString}"));
                return Task.CompletedTask;
            };
            await client.ConnectAsync(MqttClients.Plain(port, cluster.AuditorToken, MqttProtocolVersion.V500)
                .WithTlsOptions(tls => tls.UseTls().WithTrustChain(cluster.Authority.Authorities)).Build());
            return new LongClient(isMqtt: true, Task.Run(async () =>
            {
                using (client)
                {
                    using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
                    while (!told.Task.IsCompleted && await timer.WaitForNextTickAsync()) await PublishAsync(client);
                    return await told.Task;
                }
            }));
        }

        static async Task PublishAsync(IMqttClient client)
        {
            try
            {
                await client.PublishStringAsync("still/here", "yes", MqttQualityOfServiceLevel.AtLeastOnce);
            }
            catch (Exception) when (!client.IsConnected)
            {
                // What it was told says why.
            }
        }
    }
}

/// <summary>Specs with a cluster of their own: half a dozen processes that watch each other's heartbeats want the machine to themselves.</summary>
[CollectionDefinition(nameof(OwnCluster), DisableParallelization = true)]
public sealed class OwnCluster;

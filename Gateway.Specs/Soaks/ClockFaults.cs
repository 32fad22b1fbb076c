using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Gateway.Specs.Support;
using MQTTnet;
using MQTTnet.Formatter;
using Xunit;

namespace Gateway.Specs.Soaks;

/// <summary>The wall clock of a node is set while sessions stream, and set right again; its monotonic clock goes on as it did.</summary>
sealed class ClockFaults : IAsyncDisposable
{
    const int Sessions = 4;

    static readonly TimeSpan s_step = TimeSpan.FromMinutes(10);
    static readonly TimeSpan s_while = TimeSpan.FromSeconds(25);

    /// <summary>What a token, or a client's certificate, is good for yet, and how long it was already.</summary>
    static readonly TimeSpan s_life = s_step / 2;

    readonly WallClock[] _clocks = [.. Enumerable.Range(0, 3).Select(_ => new WallClock())];
    readonly int[] _telemetry = [.. Enumerable.Range(0, 3).Select(_ => FreePort.Next())];
    Mosquitto? _broker;

    public TestCluster Cluster { get; } = new();

    /// <summary>Gives every node a clock of its own.</summary>
    public async Task PrepareAsync()
    {
        _broker = await Mosquitto.StartAsync(Cluster.Upstreams.Server());
        Cluster.Plans =
        [
            .. NodePlan.AtOnePort(_clocks.Length).Select((plan, i) => plan with
            {
                Settings = new(_clocks[i].Environment),
                Secrets = new() { ["broker.password"] = _broker.Password },
                Connections = Telemetry(_telemetry[i], _broker.Port),
            }),
        ];
    }

    public IEnumerable<(string Fault, Func<Task<ChaosRow>> Happen)> Of(ChaosBed bed) =>
    [
        Set(bed, s_step, keeper: false), Set(bed, -s_step, keeper: false),
        Set(bed, s_step, keeper: true), Set(bed, -s_step, keeper: true),
        ($"a node is killed, and the clock of another goes {s_step.TotalMinutes} minutes forward at once", () => LoseAsync(bed, "KILL")),
        ($"a node falls silent, and when it is missed the clock of another goes {s_step.TotalMinutes} minutes forward", () => LoseAsync(bed, "STOP")),
    ];

    public async ValueTask DisposeAsync()
    {
        foreach (var clock in _clocks) clock.Dispose();
        if (_broker is not null) await _broker.DisposeAsync();
    }

    (string Fault, Func<Task<ChaosRow>> Happen) Set(ChaosBed bed, TimeSpan by, bool keeper)
    {
        var whose = keeper ? "the node with the cluster's singletons" : "a node";
        var how = $"{s_step.TotalMinutes} minutes {(by > TimeSpan.Zero ? "forward" : "back")}, and right again after {s_while.TotalSeconds} s";
        return ($"the clock of {whose} goes {how}", () => SetAsync(bed, by, keeper));
    }

    async Task<ChaosRow> SetAsync(ChaosBed bed, TimeSpan by, bool keeper)
    {
        var index = bed.IndexOf(keeper);
        try
        {
            return await SetAsync(bed, by, index);
        }
        finally
        {
            _clocks[index].Set(TimeSpan.Zero);
        }
    }

    async Task<ChaosRow> SetAsync(ChaosBed bed, TimeSpan by, int index)
    {
        var (astray, other) = (Cluster.Nodes[index], Cluster.Nodes[(index + 1) % 3]);
        var (theirs, others) = (await bed.StreamAsync(astray, Sessions), await bed.StreamAsync(other, 2));

        _clocks[index].Set(by);
        var clock = Stopwatch.StartNew();
        await ShowsAsync(astray, by);
        var words = await RefusedAsync(index, by);
        while (clock.Elapsed < s_while)
        {
            foreach (var node in Cluster.Nodes) await bed.VisitAsync(node);
        }

        // Some end while it is wrong, the others when it is right again.
        await bed.LeaveAsync(theirs[..2], other);
        await bed.WholeAsync(other, Cluster.Nodes[(index + 2) % 3]);
        _clocks[index].Set(TimeSpan.Zero);
        var recovery = Stopwatch.StartNew();
        await ShowsAsync(astray, TimeSpan.Zero);
        Assert.True(await IsLetInAsync(index, Cluster.Token(s_life)));
        var recovered = recovery.Elapsed;
        await bed.WholeAsync();
        Assert.All(Cluster.Nodes, node => Assert.False(node.Process.HasExited, "a node has ended over a clock"));
        await bed.LeaveAsync([.. theirs[2..], .. others], other);
        await bed.AllVerifyAsync(other);
        foreach (var client in theirs) await GoesOnAsync(client.Session, other);
        return new ChaosRow(
            "", $"sessions go on, on that node too, and new ones are served; what it takes for out of date it refuses: {words}", "all of them, verified",
            recovered, null);
    }

    /// <summary>The seconds from losing a member until it is removed are those that a clock could count wrongly.</summary>
    async Task<ChaosRow> LoseAsync(ChaosBed bed, string signal)
    {
        var index = bed.IndexOf(keeper: false);
        var (astray, third) = ((index + 1) % 3, (index + 2) % 3);
        var (doomed, ahead, other) = (Cluster.Nodes[index], Cluster.Nodes[astray], Cluster.Nodes[third]);
        var theirs = await bed.StreamAsync(doomed, Sessions);
        List<ChaosClient> others = [.. await bed.StreamAsync(ahead, 2), .. await bed.StreamAsync(other, 2)];
        try
        {
            await doomed.Process.SignalAsync(signal);
            var clock = Stopwatch.StartNew();
            if (signal == "STOP") await MissedAsync(ahead);
            _clocks[astray].Set(s_step);

            var lost = await bed.SealedAsync(theirs, other, "node-lost");
            var recovered = clock.Elapsed;
            await ShowsAsync(ahead, s_step);
            var left = $"gw-{Math.Min(astray, third) + 1} up, gw-{Math.Max(astray, third) + 1} up, lighthouse-0 up";
            await Eventually.AssertAsync(async () => Assert.Equal(left, await ChaosBed.StatesAsync(other)));
            _clocks[astray].Set(TimeSpan.Zero);
            await doomed.Process.KillAsync();
            await ChaosBed.EndedAsync(theirs);
            await bed.LeaveAsync(others, other);
            await Cluster.ReplaceAsync(index);
            await bed.WholeAsync();
            return new ChaosRow("", "its sessions end; the others' go on", "`node-lost`, verified", recovered, lost);
        }
        finally
        {
            _clocks[astray].Set(TimeSpan.Zero);
        }
    }

    static Task MissedAsync(NodeProcess by) => Eventually.AssertAsync(
        async () => Assert.Contains("unreachable", await ChaosBed.StatesAsync(by), StringComparison.Ordinal), ChaosBed.Patience);

    /// <summary>What is out of date by the clock of that node alone it refuses by name, and another one serves.</summary>
    async Task<string> RefusedAsync(int index, TimeSpan by)
    {
        var (astray, next) = (Cluster.Nodes[index], (index + 1) % 3);
        var now = TimeProvider.System.GetUtcNow();
        var certificate = Cluster.Clients.Issue(new() { CommonName = "camera-17", NotBefore = now - s_life, NotAfter = now + s_life });
        var token = Cluster.Token(s_life);
        string[] words = by > TimeSpan.Zero ? ["client-certificate-expired", "token-expired"] : ["client-certificate-not-yet-valid", "token-not-yet-valid"];
        var before = await CountAsync(Cluster.Nodes[next], words);

        Assert.NotNull(await Xunit.Record.ExceptionAsync(() => VisitAsync(astray, certificate)));
        Assert.False(await IsLetInAsync(index, token));

        await VisitAsync(Cluster.Nodes[next], certificate);
        Assert.True(await IsLetInAsync(next, token));
        await Eventually.AssertAsync(async () => Assert.Equal(before.Select(count => count + 1), await CountAsync(Cluster.Nodes[next], words)));
        return string.Join(" and ", words.Select(word => $"`{word}`"));
    }

    static async Task<int[]> CountAsync(NodeProcess through, string[] words)
    {
        var counts = new int[words.Length];
        for (var i = 0; i < words.Length; i++) counts[i] = (await ChaosBed.RefusedAsync(through, words[i])).Count;
        return counts;
    }

    async Task VisitAsync(NodeProcess through, X509Certificate2 certificate)
    {
        await using var client = await Cluster.OpenAsync(through.Address, certificate).WaitAsync(TimeSpan.FromSeconds(20));
        await client.ShutdownAsync();
    }

    async Task<bool> IsLetInAsync(int index, string token)
    {
        var options = MqttClients.Plain(_telemetry[index], token, MqttProtocolVersion.V500)
            .WithTlsOptions(tls => tls.UseTls().WithTrustChain(Cluster.Authority.Authorities));
        using var client = new MqttClientFactory().CreateMqttClient();
        var answer = await client.ConnectAsync(options.Build());
        if (client.IsConnected) await client.DisconnectAsync();
        return answer.ResultCode == MqttClientConnectResultCode.Success;
    }

    /// <summary>The node's own time of day, of which its answers tell, is the machine's and so much more.</summary>
    static Task ShowsAsync(NodeProcess node, TimeSpan ahead) => Eventually.AssertAsync(async () =>
    {
        var shown = await node.DateAsync() - TimeProvider.System.GetUtcNow() - ahead;
        Assert.True(shown.Duration() < TimeSpan.FromSeconds(5), string.Create(CultureInfo.InvariantCulture, $"its clock is off by {shown}"));
    });

    /// <summary>A recording's times go on as time did: never back, and nowhere by minutes.</summary>
    static async Task GoesOnAsync(string session, NodeProcess through)
    {
        var (code, output) = await through.GatewayAsync("sessions", "replay", session, "--json");
        Assert.True(code == 0, output);
        DateTimeOffset[] times = [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(TimeOf)];
        Assert.True(times.Length > 100, "there is next to nothing in the recording");
        Assert.Equal(times.Order(), times);
        Assert.True(times[^1] - times[0] < s_step / 2, $"{session} is said to have lasted from {times[0]:u} until {times[^1]:u}");
    }

    static DateTimeOffset TimeOf(string line)
    {
        using var piece = JsonDocument.Parse(line);
        return piece.RootElement.GetProperty("at").GetDateTimeOffset();
    }

    static string Telemetry(int port, int broker) => $$"""

        ---
        apiVersion: gateway/v1
        kind: Connection
        metadata: { name: telemetry }
        spec:
          protocol: mqtt
          listen: { address: 127.0.0.1, port: {{port}} }
          upstream:
            host: 127.0.0.1
            port: {{broker}}
            tls: { serverName: localhost, authorities: upstream.crt }
            login: { userName: {{Mosquitto.UserName}}, passwordFile: broker.password }
          access: { issuers: [main], groups: [admins] }
        """;
}

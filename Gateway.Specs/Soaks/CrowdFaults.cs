using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Soaks;

/// <summary>A node has too little of something, or too many want something of it.</summary>
static class CrowdFaults
{
    const int Sessions = 4;
    const int Crowd = 10 * Sessions;

    /// <summary>By default; a busy machine has as much again.</summary>
    static readonly TimeSpan s_handshake = TimeSpan.FromSeconds(10);
    static readonly TimeSpan s_login = TimeSpan.FromSeconds(15);
    static readonly TimeSpan s_late = TimeSpan.FromSeconds(10);

    public static IEnumerable<(string Fault, Func<Task<ChaosRow>> Happen)> Of(ChaosBed bed, int login) =>
    [
        ("a node has no file descriptors left", () => NoDescriptorsAsync(bed)),
        ("ten times the clients come at once", () => BurstAsync(bed)),
        ($"{Crowd} clients stall in the midst of their sessions: half read nothing, half send a byte a second", () => StallFault.HappenAsync(bed, Crowd)),
        ($"{Crowd} clients say a byte a second of their TLS hello", () => SlowAsync(bed, bed.Cluster.Plans[0].Address.Port, s_handshake, secured: false)),
        ($"{Crowd} clients say a byte a second of their login", () => SlowAsync(bed, login, s_login, secured: true)),
    ];

    static async Task<ChaosRow> NoDescriptorsAsync(ChaosBed bed)
    {
        var node = bed.Cluster.Nodes[0];
        var clients = await bed.StreamAsync(node, Sessions);
        // "Max open files", the soft and the hard limit, "files".
        var limits = await File.ReadAllLinesAsync($"/proc/{node.Process.Id}/limits");
        var usual = limits.Single(line => line.StartsWith("Max open files", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[3];

        await LimitAsync(node, $"{Directory.GetFiles($"/proc/{node.Process.Id}/fd").Length}:");
        var refused = 0;
        for (var i = 0; i < Crowd && refused <= 3; i++)
        {
            var fault = await Xunit.Record.ExceptionAsync(() => bed.Cluster.OpenAsync(node.Address).WaitAsync(TimeSpan.FromSeconds(1)));
            if (fault is not null) refused++;
        }

        Assert.True(refused > 0, "there was a descriptor left for everybody");
        await LimitAsync(node, $"{usual}:");
        var clock = Stopwatch.StartNew();
        await Eventually.AssertAsync(async () => Assert.Null(await Xunit.Record.ExceptionAsync(() => bed.VisitAsync(node))), ChaosBed.Patience);
        var recovered = clock.Elapsed;
        await bed.LeaveAsync(clients, node);
        return new ChaosRow("", "sessions go on; new ones wait or are closed until there are some", "all of them, verified", recovered, null);
    }

    static async Task<ChaosRow> BurstAsync(ChaosBed bed)
    {
        var node = bed.Cluster.Nodes[0];
        var clients = await bed.StreamAsync(node, Sessions);

        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Crowd).Select(_ => bed.VisitAsync(node)));
        var served = clock.Elapsed;

        await bed.LeaveAsync(clients, node);
        return new ChaosRow("", $"all {Crowd} are served; sessions go on", "all of them, verified", served, null);
    }

    static async Task<ChaosRow> SlowAsync(ChaosBed bed, int port, TimeSpan limit, bool secured)
    {
        var address = new IPEndPoint(bed.Cluster.Plans[0].Address.Address, port);
        var node = bed.Cluster.Nodes[0];
        var clients = await bed.StreamAsync(node, Sessions);

        var clock = Stopwatch.StartNew();
        using var folder = new ConfigurationFolder();
        var authority = bed.Cluster.Authority.WriteAuthority(folder.PathOf("authority.crt"));
        var slow = Enumerable.Range(0, Crowd).Select(_ => DribbleAsync(address, secured ? authority : null)).ToArray();
        for (var i = 0; i < 5; i++) await bed.VisitAsync(node);
        var visited = clock.Elapsed / 5;
        await Task.WhenAll(slow).WaitAsync(limit + s_handshake + s_late);
        var over = clock.Elapsed;

        var word = secured ? "login-too-slow" : "tls-handshake-too-slow";
        await Eventually.AssertAsync(async () => Assert.Equal(Crowd, (await ChaosBed.RefusedAsync(node, word)).Count));
        await bed.LeaveAsync(clients, node);
        return new ChaosRow(
            "",
            string.Create(
                CultureInfo.InvariantCulture,
                $"they are closed after {limit.TotalSeconds} s; others are served meanwhile, in {visited.TotalSeconds:0.00} s each; sessions go on"),
            $"`{word}`", over, null);
    }

    /// <summary>Until it is closed.</summary>
    static async Task DribbleAsync(IPEndPoint address, string? authority)
    {
        using var client = new TcpClient();
        if (authority is null) await client.ConnectAsync(address);
        try
        {
            await using Stream stream = authority is null ? client.GetStream() : await TlsClient.ConnectAsync(address, authority);
            // The beginning of a TLS hello, or of an MQTT login, of 120 bytes.
            var begin = authority is null ? new byte[] { 22, 3, 1, 0, 120, 1, 0, 0, 116, 3, 3 } : [0x10, 120, 0, 4, .. "MQTT"u8, 5];
            var closed = stream.ReadAsync(new byte[64]).AsTask();
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
            for (var i = 0; !closed.IsCompleted && await timer.WaitForNextTickAsync(); i++)
                await stream.WriteAsync(new[] { i < begin.Length ? begin[i] : (byte)0 });
            await closed;
        }
        catch (IOException)
        {
            // Closed while it wrote.
        }
    }

    static async Task LimitAsync(NodeProcess node, string descriptors) =>
        Assert.Equal(0, (await Tool.RunAsync("prlimit", "--pid", $"{node.Process.Id}", $"--nofile={descriptors}")).ExitCode);
}

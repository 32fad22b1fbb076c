using System.Diagnostics;
using Gateway.Actors.Record;
using Gateway.Cli;
using Gateway.Protocols;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Soaks;

/// <summary>A node with SQLite, whose disk is a small file system of its own.</summary>
static class DiskFaults
{
    public static IEnumerable<(string Fault, Func<Task<ChaosRow>> Happen)> Of() => [("the disk of a node with SQLite is full", FullAsync)];

    static async Task<ChaosRow> FullAsync()
    {
        using var folder = new ConfigurationFolder();
        var disk = Directory.CreateDirectory(folder.PathOf("disk")).FullName;
        await RunAsync("mount", "-t", "tmpfs", "-o", "size=24m,mode=0700", "tmpfs", disk);
        try
        {
            return await FullAsync(disk);
        }
        finally
        {
            await RunAsync("umount", "--lazy", disk);
        }
    }

    static async Task<ChaosRow> FullAsync(string disk)
    {
        using var clients = new TestCertificates("Clients CA");
        using var upstreams = new TestCertificates("Upstream CA");
        await using var upstream = new TlsUpstream(upstreams.Server(), TlsUpstream.EchoAsync);
        await using var node = await EchoNode.StartAsync(clients, upstreams, upstream.Port, settings: [("Node:DataDirectory", disk)]);
        var client = new ChaosClient("", await GreetAsync(node, clients));
        await Eventually.TrueAsync(() => client.Sent > 20_000);

        var filler = Path.Combine(disk, "filler");
        Fill(filler);
        await Eventually.TrueAsync(() => client.HasEnded, ChaosBed.Patience);
        await client.DisposeAsync();
        File.Delete(filler);
        var clock = Stopwatch.StartNew();

        await Eventually.AssertAsync(
            async () => Assert.Null(await Xunit.Record.ExceptionAsync(async () => await (await GreetAsync(node, clients)).DisposeAsync())),
            ChaosBed.Patience);
        var recovered = clock.Elapsed;
        var ended = await node.EndedAsync(row => row.Closing!.Refusal == Refusal.RecordingFailed && row.Closing.ToUpstreamBytes > 0);
        var lost = Math.Max(0, client.Sent - ended.Closing!.ToUpstreamBytes);
        Assert.True(lost <= ChaosBed.Window, $"{lost} bytes were forwarded that no recording has");
        await Eventually.AssertAsync(async () =>
            Assert.Empty(await node.Archive.ListAsync(new SessionFilter { Open = true }, CancellationToken.None)));
        var (output, errors) = (new StringWriter(), new StringWriter());
        var code = await CommandLine.RunAsync(
            ["sessions", "verify", "--all", "--journal", Path.Combine(disk, "journal.db"), "--key", Path.Combine(disk, "seal.pub")],
            new CliOutput(output, errors), _ => null);
        Assert.True(code == 0, $"{output}{errors}");
        return new ChaosRow(
            "", "sessions end, rather than go on unrecorded; new ones are served once there is room", "`recording-failed`, verified", recovered, lost);
    }

    static async Task<System.Net.Security.SslStream> GreetAsync(TestNode node, TestCertificates clients)
    {
        var stream = await TlsClient.ConnectAsync(node.Address("echo"), node.AuthorityFile, clients.Client("camera-17"));
        await stream.WriteAsync("hello"u8.ToArray());
        await stream.ReadExactlyAsync(new byte[5]).AsTask().WaitAsync(TimeSpan.FromSeconds(20));
        return stream;
    }

    static void Fill(string file)
    {
        using var filler = File.Create(file, bufferSize: 1);
        var block = new byte[4096];
        try
        {
            while (true) filler.Write(block);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    static async Task RunAsync(string program, params string[] arguments)
    {
        var ran = await Tool.RunAsync(program, arguments);
        Assert.True(ran.ExitCode == 0, ran.Output);
    }
}

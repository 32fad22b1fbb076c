using System.Diagnostics;
using System.Security.Cryptography;
using Gateway.Protocols;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>A camera's video, as ffmpeg sends it, through the opaque protocol with a client certificate.</summary>
public sealed class VideoSpec : IDisposable
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    readonly TestCertificates _clients = new("Clients CA");
    readonly TestCertificates _upstreams = new("Upstream CA");
    readonly ConfigurationFolder _folder = new();

    [RequiresFact("ffmpeg", "ffprobe")]
    public async Task A_video_arrives_byte_for_byte_and_its_replay_can_be_played()
    {
        var received = new MemoryStream();
        await using var upstream = new TlsUpstream(_upstreams.Server(), stream => stream.CopyToAsync(received));
        await using var node = await EchoNode.StartAsync(_clients, _upstreams, upstream.Port);
        var video = _folder.PathOf("camera.ts");
        await RunAsync("ffmpeg", "-f", "lavfi", "-i", "testsrc=size=320x240:rate=25", "-f", "lavfi", "-i", "sine", "-t", "2", "-c:v", "mpeg2video", "-c:a", "mp2", "-f", "mpegts", video);
        var (certificate, key) = TestCertificates.Write(_clients.Client("camera-17"), _folder.Root, "camera");
        var target = $"tls://{node.Address("echo")}?cafile={node.AuthorityFile}&verify=1&cert={certificate}&key={key}";

        // The same packets once into a file and once, at a camera's pace, into the gateway: the muxer writes the same bytes for both. At full speed
        // ffmpeg would throw away what it has not sent yet: it closes its socket without having read the session tickets of TLS 1.3.
        var sentFile = _folder.PathOf("sent.ts");
        await RunAsync("ffmpeg", "-i", video, "-c", "copy", "-f", "mpegts", sentFile);
        await RunAsync("ffmpeg", "-re", "-i", video, "-c", "copy", "-f", "mpegts", target);

        var row = await node.EndedAsync();
        var sent = SHA256.HashData(await File.ReadAllBytesAsync(sentFile));
        var replay = await node.ReplayAsync(row.SessionId, Direction.ToUpstream);
        Assert.Equal(new FileInfo(sentFile).Length, received.Length);
        Assert.Equal(sent, SHA256.HashData(received.ToArray()));
        Assert.Equal(sent, SHA256.HashData(replay));
        var replayed = _folder.PathOf("replay.ts");
        await File.WriteAllBytesAsync(replayed, replay);
        var probed = await RunAsync("ffprobe", "-show_entries", "stream=codec_name", "-of", "csv=p=0", replayed);
        Assert.Contains("mpeg2video", probed, StringComparison.Ordinal);
        Assert.Contains("mp2", probed, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _clients.Dispose();
        _upstreams.Dispose();
        _folder.Dispose();
    }

    static async Task<string> RunAsync(string tool, params string[] arguments)
    {
        var start = new ProcessStartInfo(Tool.Path(tool), ["-v", "error", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var late = new CancellationTokenSource(s_patience);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(late.Token), process.StandardError.ReadToEndAsync(late.Token));
        await process.WaitForExitAsync(late.Token);
        Assert.True(process.ExitCode == 0, $"{tool} ended with {process.ExitCode}: {await errors}");
        return await output;
    }
}

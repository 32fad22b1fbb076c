using System.Security.Cryptography;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>An unmodified encoder streams video through a gateway with its certificate as the only proof.</summary>
public sealed class VideoSpec : IDisposable
{
    readonly TestCertificates _clients = new("Clients CA");
    readonly TestCertificates _upstreams = new("Upstream CA");
    readonly ConfigurationFolder _folder = new();

    [RequiresTheory("ffmpeg", "ffprobe")]
    [InlineData("pipelined")]
    [InlineData("strict")]
    public async Task Video_arrives_unchanged_and_its_recording_plays(string mode)
    {
        var arrived = Array.Empty<byte>();
        await using var upstream = new TlsUpstream(_upstreams.Server(), async stream =>
        {
            arrived = await TlsClient.ReadToEndAsync(stream);
            await stream.ShutdownAsync();
        });
        await using var node = await EchoNode.StartAsync(_clients, _upstreams, upstream.Port, mode);

        var encoder = await EncodeAsync(node);

        Assert.True(encoder is { ExitCode: 0, Output: "" }, encoder.Output);
        var row = await node.EndedAsync();
        Assert.Equal(("camera-17", Ending.ClosedByClient, Refusal.None), (row.Subject, row.Closing!.Ending, row.Closing.Refusal));
        await upstream.FinishedAsync();
        var sent = await File.ReadAllBytesAsync(_folder.PathOf("sent.ts"));
        Assert.Equal(SHA256.HashData(sent), SHA256.HashData(arrived));
        var replay = await node.ReplayAsync(row.SessionId, Direction.ToUpstream);
        Assert.Equal(SHA256.HashData(sent), SHA256.HashData(replay));
        Assert.Equal(["mp2,audio,192", "mpeg2video,video,125"], await ProbeAsync(replay));
    }

    public void Dispose()
    {
        _folder.Dispose();
        _clients.Dispose();
        _upstreams.Dispose();
    }

    /// <summary>
    /// Five seconds of test picture and tone, made once and written twice, into a file and to the gateway, faster than any camera. ffmpeg
    /// reads nothing of what a server says after the handshake: a session ticket unread when it closes would make the system reset the
    /// connection and drop what is under way.
    /// </summary>
    async Task<ToolRun> EncodeAsync(TestNode node)
    {
        var (certificate, key) = TestCertificates.Write(_clients.Client("camera-17"), _folder.Root, "camera");
        var gateway = $"tls://localhost:{node.Address("echo").Port}?verify=1&cafile={node.AuthorityFile}&cert={certificate}&key={key}";
        return await Tool.RunAsync(
            "ffmpeg",
            "-v", "error", "-nostdin",
            "-f", "lavfi", "-i", "testsrc=size=320x240:rate=25", "-f", "lavfi", "-i", "sine=frequency=440",
            "-map", "0:v", "-map", "1:a", "-t", "5", "-c:v", "mpeg2video", "-c:a", "mp2",
            "-f", "tee", $"[f=mpegts]{_folder.PathOf("sent.ts")}|[f=mpegts]{gateway}");
    }

    /// <summary>Decodes all of it and tells the streams: codec, kind, frames.</summary>
    async Task<IEnumerable<string>> ProbeAsync(byte[] video)
    {
        await File.WriteAllBytesAsync(_folder.PathOf("replay.ts"), video);
        var probe = await Tool.RunAsync(
            "ffprobe",
            "-v", "error", "-count_frames", "-show_entries", "stream=codec_name,codec_type,nb_read_frames", "-of", "csv=p=0",
            _folder.PathOf("replay.ts"));
        // A stream is told once for itself and once for the program it belongs to.
        return probe.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd(',')).Distinct().Order();
    }
}

using System.Text;
using Gateway.Actors.Record;
using Gateway.Cli;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Protocols.Mqtt;
using Gateway.Specs.Mqtt;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Cli;

/// <summary>What Wireshark's own reader says of an exported recording.</summary>
public sealed class PcapngExportSpec : IDisposable
{
    readonly SealKey _key = SealKey.Ephemeral();
    readonly ConfigurationFolder _folder = new();

    [RequiresFact("tshark")]
    public async Task Wireshark_dissects_the_packets_of_an_MQTT_session()
    {
        var file = await ExportedAsync(
            MemoryArchive.SampleRow(ended: true),
            (Direction.ToUpstream, Frames.Connect(ProtocolLevel.V5, "", "")), (Direction.ToClient, Frames.ConnAck(ProtocolLevel.V5)),
            (Direction.ToUpstream, Frames.Publish(ProtocolLevel.V5, "plant/1/state", "hello", qos: 1)),
            (Direction.ToClient, Frames.Publish(ProtocolLevel.V5, "plant/1/film", new string('f', 20_000))));

        var packets = await FieldsAsync(file, "mqtt", "ip.src", "tcp.srcport", "tcp.dstport", "mqtt.msgtype", "mqtt.topic");

        Assert.Equal(
            [
                "192.0.2.7|40112|1883|1|", "192.0.2.1|1883|40112|2|", "192.0.2.7|40112|1883|3|plant/1/state", "192.0.2.1|1883|40112|3|plant/1/film",
            ], packets);
        Assert.Empty(await FieldsAsync(file, "tcp.analysis.flags or _ws.malformed or tcp.checksum.status == 0 or ip.checksum.status == 0", "frame.number"));
    }

    [RequiresFact("tshark")]
    public async Task The_connection_opens_closes_and_is_labelled_as_the_session_was()
    {
        var file = await ExportedAsync(MemoryArchive.SampleRow(ended: true), (Direction.ToUpstream, "x"u8.ToArray()));

        var flags = await FieldsAsync(file, "tcp", "tcp.flags.str", "tcp.seq", "tcp.ack", "frame.comment");

        Assert.Equal(
            [
                $"S|0|0|session {SampleSession.Id}, connection telemetry, protocol mqtt, subject münchen-42, node node1", "AS|0|1|", "A|1|1|",
                "AP|1|1|", "A|1|2|", "AF|2|1|closed-by-client", "AF|1|3|", "A|3|2|",
            ], flags.Select(line => line.Replace("·", "", StringComparison.Ordinal)));
    }

    [RequiresFact("tshark")]
    public async Task A_stream_without_a_protocol_comes_out_byte_for_byte_also_over_IPv6()
    {
        var video = new byte[50_000];
        new Random(7).NextBytes(video);
        var row = MemoryArchive.SampleRow(ended: true) with
        {
            Protocol = "tls",
            ClientAddress = "[2001:db8::7]:40112",
            Closing = SampleSession.Closing with { Ending = Ending.Killed, Detail = "operator: stolen" },
        };
        var file = await ExportedAsync(row, [.. video.Chunk(7000).Select(chunk => (Direction.ToUpstream, chunk))]);

        var segments = await FieldsAsync(file, "tcp.len > 0", "tcp.payload");
        var end = await FieldsAsync(file, "tcp.flags.reset == 1", "ipv6.dst", "frame.comment");

        Assert.Equal(Convert.ToHexStringLower(video), string.Concat(segments));
        Assert.Equal(["2001:db8::7|killed: operator: stolen"], end);
        Assert.Empty(await FieldsAsync(file, "tcp.analysis.flags or tcp.checksum.status == 0", "frame.number"));
    }

    [Fact]
    public async Task An_open_session_has_no_end_and_an_address_that_is_none_does_no_harm()
    {
        var row = MemoryArchive.SampleRow(ended: false) with { ClientAddress = "?" };
        using var bytes = new MemoryStream();
        var output = new CliOutput(TextWriter.Null, TextWriter.Null, raw: bytes);

        var code = await new SessionExport(new MemoryArchive(row, SampleSession.Recording(_key)[..5]), output).PcapngAsync(row.SessionId, "-", default);

        Assert.Equal(ExitCode.Ok, code);
        Assert.Equal(0x0A, bytes.ToArray()[0]);
        Assert.DoesNotContain("closed-by", Encoding.UTF8.GetString(bytes.ToArray()), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _key.Dispose();
        _folder.Dispose();
    }

    async Task<string> ExportedAsync(SessionRow row, params (Direction, byte[])[] pieces)
    {
        var file = _folder.PathOf("session.pcapng");
        var export = new SessionExport(new MemoryArchive(row, SampleSession.Recorded(_key, pieces)), new CliOutput(TextWriter.Null, TextWriter.Null));
        Assert.Equal(ExitCode.Ok, await export.PcapngAsync(row.SessionId, file, default));
        return file;
    }

    // Checksums are validated only where that is asked for.
    static async Task<string[]> FieldsAsync(string file, string filter, params string[] fields)
    {
        var run = await Tool.RunAsync(
            "tshark",
            [
                "-r", file, "-Y", filter, "-T", "fields", "-E", "separator=|", "-E", "occurrence=a", "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE",
                .. fields.SelectMany(field => (string[])["-e", field]),
            ]);
        Assert.Equal(0, run.ExitCode);
        return [.. run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith("Running as user", StringComparison.Ordinal))];
    }
}

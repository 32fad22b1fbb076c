using System.Text.Json;
using Gateway.Actors.Record;
using Gateway.Cli;
using Gateway.Protocols;
using Gateway.Specs.Support;
using Spectre.Console;
using Xunit;

namespace Gateway.Specs.Cli;

public sealed class SessionExportSpec : IDisposable
{
    readonly SealKey _key = SealKey.Ephemeral();
    readonly ConfigurationFolder _folder = new();

    [Fact]
    public async Task Json_lines_are_the_session_and_then_everything_in_the_order_of_the_journal()
    {
        using var bytes = new MemoryStream();

        var code = await Export(SampleSession.Recording(_key), bytes).JsonAsync(SampleSession.Id, "-", default);

        Assert.Equal(ExitCode.Ok, code);
        bytes.Position = 0;
        var lines = (await new StreamReader(bytes).ReadToEndAsync()).TrimEnd('\n').Split('\n').Select(Parsed).ToList();
        Assert.Equal(SampleSession.Id, lines[0].GetProperty("id").GetString());
        Assert.Equal(
            ["s.opened.3", "s.upstream.1", "hello", new string('x', 300), "more", "s.denied.1", "bye", "s.sealed.1"],
            lines.Skip(1).Select(line => line.TryGetProperty("manifest", out var manifest) ? manifest.GetString() : Payload(line)));
        Assert.Equal("closed-by-client", lines[^1].GetProperty("event").GetProperty("ending").GetString());
    }

    [Fact]
    public async Task Operations_that_were_kept_alone_are_a_line_each()
    {
        var recorder = new SessionRecorder(SampleSession.Id);
        List<StoredEvent> recording =
        [
            recorder.Append(SampleSession.Opened), recorder.Append(SampleSession.Operations), recorder.Seal(SampleSession.Closing, "node1", _key),
        ];
        using var bytes = new MemoryStream();

        var code = await Export(recording, bytes).JsonAsync(SampleSession.Id, "-", default);

        Assert.Equal(ExitCode.Ok, code);
        bytes.Position = 0;
        var lines = (await new StreamReader(bytes).ReadToEndAsync()).TrimEnd('\n').Split('\n');
        Assert.Equal(SampleSession.Operations.Operations.Count + 3, lines.Length);
        Assert.Equal(
            """{"at":"2025-11-24T16:00:00.750007Z","direction":"to-upstream","operation":"PUBACK","resources":[],"detail":"id 9","bytes":4}""", lines[3]);
        Assert.Equal(["commands/+", "größe/#"], Parsed(lines[2]).GetProperty("resources").EnumerateArray().Select(name => name.GetString()));
    }

    [Fact]
    public async Task Raw_files_hold_exactly_the_bytes_of_their_direction()
    {
        var code = await Export(SampleSession.Recording(_key), Stream.Null).RawAsync(SampleSession.Id, _folder.PathOf("out"), default);

        Assert.Equal(ExitCode.Ok, code);
        Assert.Equal("hellomore", await File.ReadAllTextAsync(Path.Combine(_folder.Root, "out", "to-upstream.bin")));
        Assert.Equal(new string('x', 300) + "bye", await File.ReadAllTextAsync(Path.Combine(_folder.Root, "out", "to-client.bin")));
        var session = Parsed(await File.ReadAllTextAsync(Path.Combine(_folder.Root, "out", "session.json")));
        Assert.Equal(SampleSession.Id, session.GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_recording_with_a_gap_fails_the_export()
    {
        var recording = SampleSession.Recording(_key);
        recording.RemoveAt(2);

        var export = () => Export(recording, Stream.Null).JsonAsync(SampleSession.Id, "-", default);

        await Assert.ThrowsAsync<InvalidDataException>(export);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_come_out_as_they_went_in()
    {
        var recorder = new SessionRecorder(SampleSession.Id);
        var payload = new byte[60_000];
        Random.Shared.NextBytes(payload);
        List<StoredEvent> recording =
        [
            recorder.Append(SampleSession.Opened), SampleSession.Chunk(recorder, Direction.ToClient, payload),
            recorder.Seal(SampleSession.Closing, "node1", _key),
        ];

        await Export(recording, Stream.Null).RawAsync(SampleSession.Id, _folder.PathOf("out"), default);

        Assert.Equal(payload, await File.ReadAllBytesAsync(Path.Combine(_folder.Root, "out", "to-client.bin")));
    }

    [Fact]
    public async Task Whoever_waits_at_a_terminal_sees_how_far_it_is_and_the_file_holds_nothing_of_that()
    {
        var screen = new StringWriter();
        var progress = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            Interactive = InteractionSupport.Yes,
            Out = new AnsiConsoleOutput(screen),
        });
        var output = new CliOutput(TextWriter.Null, TextWriter.Null, progress: progress);
        var archive = new MemoryArchive(MemoryArchive.SampleRow(ended: true), SampleSession.Recording(_key));

        await new SessionExport(archive, output).RawAsync(SampleSession.Id, _folder.PathOf("out"), default);

        Assert.Contains("exporting", screen.ToString(), StringComparison.Ordinal);
        Assert.Equal("hellomore", await File.ReadAllTextAsync(Path.Combine(_folder.Root, "out", "to-upstream.bin")));
    }

    public void Dispose()
    {
        _key.Dispose();
        _folder.Dispose();
    }

    static SessionExport Export(List<StoredEvent> recording, Stream to) =>
        new(new MemoryArchive(MemoryArchive.SampleRow(ended: true), recording), new CliOutput(TextWriter.Null, TextWriter.Null, raw: to));

    static JsonElement Parsed(string line) => JsonDocument.Parse(line).RootElement;

    static string Payload(JsonElement line) => System.Text.Encoding.UTF8.GetString(line.GetProperty("payload").GetBytesFromBase64());
}

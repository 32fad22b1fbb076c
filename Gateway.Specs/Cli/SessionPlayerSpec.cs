using System.Text;
using Gateway.Actors.Record;
using Gateway.Cli;
using Gateway.Protocols;
using Gateway.Protocols.Mqtt;
using Gateway.Specs.Mqtt;
using Gateway.Specs.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Gateway.Specs.Cli;

public sealed class SessionPlayerSpec : IDisposable
{
    readonly SealKey _key = SealKey.Ephemeral();
    readonly StringWriter _output = new() { NewLine = "\n" };
    readonly StringWriter _error = new() { NewLine = "\n" };

    [Theory]
    [InlineData(Direction.ToUpstream, "hellomore")]
    [InlineData(Direction.ToClient, "xxx...bye")]
    public async Task A_raw_replay_is_exactly_the_bytes_of_one_direction(Direction direction, string expected)
    {
        using var bytes = new MemoryStream();

        var code = await Player(SampleSession.Recording(_key)).RawAsync(new(SampleSession.Id) { Direction = direction }, bytes, default);

        Assert.Equal(ExitCode.Ok, code);
        Assert.Equal(expected.Replace("xxx...", new string('x', 300)), Encoding.UTF8.GetString(bytes.ToArray()));
    }

    [Fact]
    public async Task A_transcript_shows_direction_length_and_a_preview_of_every_piece()
    {
        var code = await Player(SampleSession.Recording(_key)).TranscriptAsync(new(SampleSession.Id), default);

        Assert.Equal(ExitCode.Ok, code);
        var lines = _output.ToString().TrimEnd('\n').Split('\n').Select(line => line[(line.IndexOf(' ') + 1)..]);
        Assert.Equal(
            [
                "->       5  hello  (no CONNECT comes first)", $"<-     300  {new string('x', 48)}  (no CONNACK comes first)", "->       4  more",
                "<-       3  bye",
            ], lines);
    }

    [Fact]
    public async Task A_transcript_says_what_was_noticed_where_it_was_noticed()
    {
        var recorder = new SessionRecorder(SampleSession.Id);
        var events = new List<StoredEvent>
        {
            recorder.Append(SampleSession.Opened),
            SampleSession.Chunk(recorder, (Direction.ToUpstream, "before")),
            recorder.Append(SampleSession.Noticed),
            SampleSession.Chunk(recorder, (Direction.ToUpstream, "after")),
            recorder.Seal(SampleSession.Closing, "node1", _key),
        };
        var request = new ReplayRequest(SampleSession.Id) { Form = TranscriptForm.Raw };

        await Player(events).TranscriptAsync(request, default);
        var lines = _output.ToString().TrimEnd('\n').Split('\n');
        await Player(events).TranscriptAsync(request with { From = ReplayBound.Parse("2025-11-25") }, default);

        Assert.Equal(3, lines.Length);
        // Once more, and not what was noticed the day before.
        Assert.Equal(5, _output.ToString().TrimEnd('\n').Split('\n').Length);
        Assert.EndsWith("before", lines[0], StringComparison.Ordinal);
        Assert.Equal($"2025-11-24T16:00:00.300000Z !! volume-unusual: {SampleSession.Noticed.Explanation}", lines[1]);
        Assert.EndsWith("after", lines[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Direction.ToUpstream, 3, "lomore")]
    [InlineData(Direction.ToUpstream, 5, "more")]
    [InlineData(Direction.ToUpstream, 9, "")]
    [InlineData(Direction.ToClient, 299, "xbye")]
    public async Task A_raw_replay_begins_at_the_byte_it_is_told(Direction direction, long offset, string expected)
    {
        using var bytes = new MemoryStream();

        await Player(SampleSession.Recording(_key)).RawAsync(new(SampleSession.Id) { Direction = direction, FromOffset = offset }, bytes, default);

        Assert.Equal(expected, Encoding.UTF8.GetString(bytes.ToArray()));
    }

    [Fact]
    public async Task A_replay_from_or_until_an_instant_shows_what_was_relayed_then()
    {
        var request = new ReplayRequest(SampleSession.Id) { Form = TranscriptForm.Raw };
        var between = ReplayBound.Parse("2025-11-25");

        await Player(SampleSession.Recording(_key)).TranscriptAsync(request with { From = between }, default);
        var all = _output.ToString();
        await Player(SampleSession.Recording(_key)).TranscriptAsync(request with { Until = between }, default);

        Assert.Equal(4, all.TrimEnd().Split('\n').Length);
        Assert.Equal(all, _output.ToString());
    }

    [Fact]
    public async Task The_operations_of_the_protocol_are_shown_with_what_they_carry()
    {
        var recording = SampleSession.Recorded(_key,
            (Direction.ToUpstream, Frames.Connect(ProtocolLevel.V5, "", "")), (Direction.ToClient, Frames.ConnAck(ProtocolLevel.V5)),
            (Direction.ToUpstream, Frames.Publish(ProtocolLevel.V5, "plant/1/state", "{\"t\":21.5}", qos: 1)));

        await Player(recording).TranscriptAsync(new(SampleSession.Id), default);

        var lines = _output.ToString().TrimEnd('\n').Split('\n').Select(line => line.StartsWith(' ') ? line : line[(line.IndexOf(' ') + 1)..]);
        Assert.Equal(
            [
                "-> CONNECT     c1  MQTT 5, clean start, keep alive 60 s, user name, password", "<- CONNACK     success",
                "-> PUBLISH     plant/1/state  QoS 1, id 1, 10 bytes", "    {", "      \"t\": 21.5", "    }",
            ], lines);
    }

    [Theory]
    [InlineData(2, "Chunk 0 is missing: chunk 1 follows.")]
    [InlineData(4, "Traffic is missing before the seal: it counts 2 chunks, 1 were read.")]
    [InlineData(5, "The last event is missing although the session ended.")]
    public async Task A_recording_with_a_gap_is_not_replayed_as_if_it_were_whole(int missing, string problem)
    {
        var recording = SampleSession.Recording(_key);
        recording.RemoveAt(missing);

        var replay = () => Player(recording).TranscriptAsync(new(SampleSession.Id), default);

        var failed = await Assert.ThrowsAsync<CommandException>(replay);
        Assert.Equal(ExitCode.Failed, failed.ExitCode);
        Assert.Equal($"the recording of {SampleSession.Id} cannot be replayed whole: {problem}", failed.Message);
    }

    [Fact]
    public async Task An_open_session_is_replayed_up_to_what_is_recorded()
    {
        var recording = SampleSession.Recording(_key)[..5];

        var code = await Player(recording, ended: false).TranscriptAsync(new(SampleSession.Id), default);

        Assert.Equal(ExitCode.Ok, code);
        Assert.Empty(_error.ToString());
    }

    [Fact]
    public async Task An_unknown_session_is_reported_with_the_remedy()
    {
        var replay = () => Player([]).TranscriptAsync(new("nobody\u001b[2J"), default);

        var failed = await Assert.ThrowsAsync<CommandException>(replay);
        Assert.Equal(ExitCode.NotFound, failed.ExitCode);
        Assert.Equal("no session nobody\\u001b[2J; list them with: gateway sessions list", failed.Message);
    }

    public void Dispose()
    {
        _key.Dispose();
        _output.Dispose();
        _error.Dispose();
    }

    SessionPlayer Player(List<StoredEvent> recording, bool ended = true) =>
        new(new MemoryArchive(MemoryArchive.SampleRow(ended), recording), new CliOutput(_output, _error), new FakeTimeProvider());
}

using System.Text;
using Gateway.Actors.Record;
using Gateway.Cli;
using Gateway.Protocols;
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

        var code = await Player(SampleSession.Recording(_key)).RawAsync(SampleSession.Id, direction, ReplayPace.Max, bytes, default);

        Assert.Equal(ExitCode.Ok, code);
        Assert.Equal(expected.Replace("xxx...", new string('x', 300)), Encoding.UTF8.GetString(bytes.ToArray()));
    }

    [Fact]
    public async Task A_transcript_shows_direction_length_and_a_preview_of_every_piece()
    {
        var code = await Player(SampleSession.Recording(_key)).TranscriptAsync(SampleSession.Id, null, ReplayPace.Max, default);

        Assert.Equal(ExitCode.Ok, code);
        var lines = _output.ToString().TrimEnd('\n').Split('\n').Select(line => line[(line.IndexOf(' ') + 1)..]);
        Assert.Equal(["->       5  hello", $"<-     300  {new string('x', 48)}", "->       4  more", "<-       3  bye"], lines);
    }

    [Theory]
    [InlineData(2, "Chunk 0 is missing: chunk 1 follows.")]
    [InlineData(4, "Traffic is missing before the seal: it counts 2 chunks, 1 were read.")]
    [InlineData(5, "The last event is missing although the session ended.")]
    public async Task A_recording_with_a_gap_is_not_replayed_as_if_it_were_whole(int missing, string problem)
    {
        var recording = SampleSession.Recording(_key);
        recording.RemoveAt(missing);

        var replay = () => Player(recording).TranscriptAsync(SampleSession.Id, null, ReplayPace.Max, default);

        var failed = await Assert.ThrowsAsync<CommandException>(replay);
        Assert.Equal(ExitCode.Failed, failed.ExitCode);
        Assert.Equal($"the recording of {SampleSession.Id} cannot be replayed whole: {problem}", failed.Message);
    }

    [Fact]
    public async Task An_open_session_is_replayed_up_to_what_is_recorded()
    {
        var recording = SampleSession.Recording(_key)[..5];

        var code = await Player(recording, ended: false).TranscriptAsync(SampleSession.Id, null, ReplayPace.Max, default);

        Assert.Equal(ExitCode.Ok, code);
        Assert.Empty(_error.ToString());
    }

    [Fact]
    public async Task An_unknown_session_is_reported_with_the_remedy()
    {
        var replay = () => Player([]).TranscriptAsync("nobody\u001b[2J", null, ReplayPace.Max, default);

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

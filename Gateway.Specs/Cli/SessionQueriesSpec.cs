using System.Text.Json;
using Gateway.Actors.Record;
using Gateway.Cli;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Cli;

public sealed class SessionQueriesSpec : IDisposable
{
    readonly StringWriter _output = new() { NewLine = "\n" };
    readonly StringWriter _error = new() { NewLine = "\n" };

    [Fact]
    public async Task A_redirected_list_is_plain_aligned_text()
    {
        var code = await Queries(MemoryArchive.SampleRow(ended: true)).ListAsync(new SessionFilter(), json: false, default);

        Assert.Equal(ExitCode.Ok, code);
        Assert.Equal(
        """
        SESSION                           CONNECTION  SUBJECT     CLIENT           STARTED                      STANDING          UP  DOWN
        node1-01JABCDEFGHJKMNPQRSTVWXYZ0  telemetry   münchen-42  192.0.2.7:40112  2025-11-24T16:00:00.000000Z  closed-by-client  9   303

        """.ReplaceLineEndings("\n"),
            _output.ToString());
    }

    [Fact]
    public async Task An_open_session_has_no_ending_in_json()
    {
        await Queries(MemoryArchive.SampleRow(ended: false)).ShowAsync(SampleSession.Id, json: true, default);

        var shown = JsonDocument.Parse(_output.ToString()).RootElement;
        Assert.True(shown.GetProperty("open").GetBoolean());
        Assert.Equal(JsonValueKind.Null, shown.GetProperty("ending").ValueKind);
        Assert.Equal("2025-11-24T16:00:00.000000Z", shown.GetProperty("started").GetString());
    }

    [Fact]
    public async Task What_a_client_chose_cannot_steer_the_readers_terminal()
    {
        var row = MemoryArchive.SampleRow(ended: true) with { Subject = "eve\u001b]0;owned\u0007\u202e" };

        await Queries(row).ShowAsync(SampleSession.Id, json: false, default);

        Assert.Contains("eve\\u001b]0;owned\\u0007\\u202e", _output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', _output.ToString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_noticed_of_a_session_is_shown_with_it(bool json)
    {
        var recorder = new SessionRecorder(SampleSession.Id);
        StoredEvent[] events = [recorder.Append(SampleSession.Opened), recorder.Append(SampleSession.Noticed)];
        var archive = new MemoryArchive(MemoryArchive.SampleRow(ended: false), events);

        await new SessionQueries(archive, new CliOutput(_output, _error)).ShowAsync(SampleSession.Id, json, default);

        if (!json)
        {
            var line = $"2025-11-24T16:00:00.300000Z volume-unusual: {SampleSession.Noticed.Explanation}\n";
            Assert.Contains($"\nanomaly             {line}", _output.ToString(), StringComparison.Ordinal);
            return;
        }

        using var shown = JsonDocument.Parse(_output.ToString());
        var one = Assert.Single(shown.RootElement.GetProperty("anomalies").EnumerateArray());
        Assert.Equal(SampleSession.Noticed.Kind, one.GetProperty("kind").GetString());
        Assert.Equal(SampleSession.Noticed.Explanation, one.GetProperty("explanation").GetString());
    }

    [Fact]
    public async Task An_unknown_session_is_not_found()
    {
        var show = () => Queries(MemoryArchive.SampleRow(ended: true)).ShowAsync("nobody", json: false, default);

        var failed = await Assert.ThrowsAsync<CommandException>(show);
        Assert.Equal((ExitCode.NotFound, "no session nobody; list them with: gateway sessions list"), (failed.ExitCode, failed.Message));
    }

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    SessionQueries Queries(SessionRow row) => new(new MemoryArchive(row, []), new CliOutput(_output, _error));
}

using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Gateway.Actors.Hosting.AdminApi;
using Gateway.Actors.Record;
using Gateway.Actors.Replay;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Admin;

public sealed class SessionEndpointsSpec : IAsyncLifetime, IDisposable
{
    const string KnownKeys =
        "The query has a key that does not exist here; use some of after, before, bytes, client, connection, ja4, most, node, open, operation, " +
        "perhaps, protocol, refusal, subject, topic.";

    const string Operations =
        "The query's operation must be one of publish, subscribe, produce, consume, describe, create, delete, alter, group, describe-group, alter-group, " +
        "transaction, cluster.";

    const string Running = SampleCluster.RunningId;

    readonly SealKey _key = SealKey.Ephemeral();
    SampleCluster _cluster = null!;
    AdminHost _host = null!;
    HttpClient _client = null!;

    [Theory]
    [InlineData("", 3)]
    [InlineData("?open=true", 1)]
    [InlineData("?refusal=tls-version-too-old", 1)]
    [InlineData("?subject=m%C3%BCnchen-42&connection=telemetry&node=node1", 1)]
    [InlineData("?after=2025-11-24T16:01:00Z", 2)]
    [InlineData("?after=2025-11-24T17:01:00%2B01:00&before=2025-11-24T16:02:00.000000Z", 1)]
    [InlineData("?ja4=t13d1516h2_8daaf6152771_e5627efa2ab1", 1)]
    [InlineData("?operation=publish", 1)]
    [InlineData("?topic=commands/%23", 1)]
    [InlineData("?operation=publish&topic=sensors/42", 1)]
    [InlineData("?operation=publish&topic=commands/%23", 0)]
    [InlineData("?perhaps=true&topic=sensors/42", 1)]
    [InlineData("?topic=sensors/42&perhaps=false", 1)]
    [InlineData("?topic=sensors/42&node=node2", 0)]
    [InlineData("?most=2", 2)]
    public async Task Sessions_are_listed_by_every_filter(string query, int expected)
    {
        var sessions = await _client.GetFromJsonAsync($"/v1/sessions{query}", AdminJson.Default.IReadOnlyListSessionView);

        Assert.Equal(expected, sessions!.Count);
    }

    [Theory]
    [InlineData("?user=eve", KnownKeys)]
    [InlineData("?OPEN=true", KnownKeys)]
    [InlineData("?most=0", "The query's most must be between 1 and 1000.")]
    [InlineData("?most=1001", "The query's most must be between 1 and 1000.")]
    [InlineData("?most=-1", "The query's most must be between 1 and 1000.")]
    [InlineData("?most=99999999999999999999", "The query's most must be between 1 and 1000.")]
    [InlineData("?most=%D9%A1", "The query's most must be between 1 and 1000.")]
    [InlineData("?ja4=t13d1516h2", "The query's ja4 must be a JA4 such as t13d1516h2_8daaf6152771_e5627efa2ab1.")]
    [InlineData("?operation=shout", Operations)]
    [InlineData("?perhaps=true", "The query has perhaps without operation or topic; say what the sessions may have done.")]
    [InlineData("?open=yes", "The query's open must be true or false.")]
    [InlineData("?open", "The query's open must be true or false.")]
    [InlineData("?open=true&open=false", "The query has open 2 times; give it once.")]
    [InlineData("?refusal=none", "The query's refusal must be a refusal such as token-expired.")]
    [InlineData("?refusal=%27%3BDROP TABLE", "The query's refusal must be a refusal such as token-expired.")]
    [InlineData("?after=yesterday", "The query's after must be a time like 2026-01-31T08:00:00Z.")]
    [InlineData("?before=99999-01-01", "The query's before must be a time like 2026-01-31T08:00:00Z.")]
    [InlineData("?after=2026-01-02&before=2026-01-01", "The query's after is not earlier than its before; swap them.")]
    [InlineData("?subject=", "The query's subject must be a subject's name.")]
    public async Task A_query_that_would_be_misread_is_refused_with_the_remedy(string query, string detail)
    {
        using var answer = await _client.GetAsync($"/v1/sessions{query}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync(AdminJson.Default.Problem);
        Assert.Equal(detail, problem!.Detail);
    }

    [Fact]
    public async Task A_value_longer_than_any_name_is_refused()
    {
        using var answer = await _client.GetAsync($"/v1/sessions?subject={new string('x', 513)}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public void Every_filter_reads_back_as_it_was_written()
    {
        var filter = new SessionFilter
        {
            Connection = "tele metry&",
            Subject = "münchen+42",
            NodeKey = "n",
            Ja4 = Ja4Fingerprint.Parse("t13d1516h2_8daaf6152771_e5627efa2ab1"),
            Refusal = Protocols.Refusal.TokenExpired,
            Did = new OperationQuestion("publish", "a/+/ü&b", Perhaps: true),
            Open = false,
            After = 1_764_000_000_000_001,
            Before = 1_764_000_000_000_002,
            Most = 7,
        };

        var query = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(SessionQuery.Write(filter));

        Assert.Equal(filter, SessionQuery.Read(query).Filter);
    }

    [Fact]
    public async Task A_session_reads_back_as_the_row_it_was_made_of()
    {
        var shown = await _client.GetFromJsonAsync($"/v1/sessions/{SampleSession.Id}", AdminJson.Default.SessionView);

        Assert.Equal(MemoryArchive.SampleRow(ended: true), shown!.ToRow());
        Assert.Null(shown.Live);
    }

    [Fact]
    public async Task A_session_is_shown_with_what_it_did_and_whether_that_is_all()
    {
        var shown = await _client.GetFromJsonAsync($"/v1/sessions/{SampleSession.Id}", AdminJson.Default.SessionView);
        var running = await _client.GetFromJsonAsync($"/v1/sessions/{Running}", AdminJson.Default.SessionView);
        var listed = await _client.GetFromJsonAsync("/v1/sessions", AdminJson.Default.IReadOnlyListSessionView);

        Assert.Equal(["publish sensors/42 False", "subscribe commands/# True"], shown!.Operations!.Seen.Select(one => $"{one.Operation} {one.Resource} {one.Denied}"));
        Assert.True(shown.Operations.Whole);
        Assert.False(running!.Operations!.Whole);
        Assert.All(listed!, one => Assert.Null(one.Operations));
    }

    [Fact]
    public async Task An_open_session_says_how_it_stands_now()
    {
        var shown = await _client.GetFromJsonAsync($"/v1/sessions/{Running}", AdminJson.Default.SessionView);

        Assert.Equal(new LiveView("streaming", 70, 7000, 2), shown!.Live);
    }

    [Fact]
    public async Task A_session_that_does_not_answer_is_shown_from_the_journal_alone()
    {
        _cluster.Deaf = true;

        var shown = await _client.GetFromJsonAsync($"/v1/sessions/{Running}", AdminJson.Default.SessionView);

        Assert.True(shown!.Open);
        Assert.Null(shown.Live);
    }

    [Fact]
    public async Task Traffic_of_all_open_sessions_is_shown_within_two_seconds_though_a_node_says_nothing()
    {
        var first = MemoryArchive.SampleRow(ended: false) with { NodeKey = "node1" };
        var second = first with { SessionId = Running, NodeKey = "node2", StartedAt = first.StartedAt + 1 };
        var cluster = new SampleCluster(new SampleCluster.Recorded(first, []), new SampleCluster.Recorded(second, [])) { Silent = "node2" };
        await using var host = await AdminHost.StartAsync(cluster, _key);
        using var client = host.Client("viewer");

        var asked = client.GetFromJsonAsync("/v1/traffic", AdminJson.Default.IReadOnlyListSessionView);
        await cluster.SilentIsAsked.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.False(asked.IsCompleted);
        host.Time.Advance(TimeSpan.FromSeconds(2));
        var shown = await asked.WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal([("node2", null), ("node1", 70L)], shown!.Select(s => (s.Node, s.Live?.ToUpstreamBytes)));
    }

    [Fact]
    public async Task A_session_is_shown_from_the_journal_alone_within_two_seconds_though_its_node_says_nothing()
    {
        var row = MemoryArchive.SampleRow(ended: false) with { SessionId = Running, NodeKey = "node2" };
        var cluster = new SampleCluster(new SampleCluster.Recorded(row, [])) { Silent = "node2" };
        await using var host = await AdminHost.StartAsync(cluster, _key);
        using var client = host.Client("viewer");

        var asked = client.GetFromJsonAsync($"/v1/sessions/{Running}", AdminJson.Default.SessionView);
        await cluster.SilentIsAsked.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.False(asked.IsCompleted);
        host.Time.Advance(TimeSpan.FromSeconds(2));
        var shown = await asked.WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal((Running, true, null), (shown!.Id, shown.Open, shown.Live));
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("..%2F..%2Fetc%2Fpasswd")]
    [InlineData("nobody/events")]
    public async Task A_session_that_is_none_is_not_found(string id)
    {
        using var answer = await _client.GetAsync($"/v1/sessions/{id}");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task A_recording_arrives_byte_for_byte_and_who_read_it_is_logged()
    {
        using var stream = await _client.GetStreamAsync($"/v1/sessions/{SampleSession.Id}/events");

        var read = await LinesAsync(EventFrames.ReadAsync(stream, default));

        Assert.Equal(await LinesAsync(_cluster.ReadAsync(SampleSession.Id, default)), read);
        Assert.Contains($"bob (main) reads the recording of session {SampleSession.Id}", _host.Log.All);
    }

    [Fact]
    public async Task A_killed_session_ends_sealed_with_who_and_why()
    {
        using var answer = await _client.PostAsJsonAsync($"/v1/sessions/{Running}/kill", new { reason = " stolen laptop " });

        var command = Assert.Single(_cluster.Ended);
        Assert.Equal((Ending.Killed, "bob (main): stolen laptop"), (command.Ending, command.Detail));
        var shown = await answer.Content.ReadFromJsonAsync(AdminJson.Default.SessionView);
        Assert.Equal("killed", shown!.Ending);
        Assert.Contains($"bob (main) ends session {Running}: stolen laptop", _host.Log.All);
    }

    [Fact]
    public async Task A_session_that_does_not_end_in_time_is_a_gateway_timeout()
    {
        _cluster.Deaf = true;

        using var answer = await _client.PostAsJsonAsync($"/v1/sessions/{Running}/kill", new { reason = "x" });

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.Contains("try again", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("{}", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("{\"reason\":\"\"}", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("{\"reason\":\"a\\nb\"}", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("{\"reason\":7}", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("{\"reason\":\"x\",\"force\":true}", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("{\"reason\":\"x\"} trailing", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("reason=x", "application/x-www-form-urlencoded", HttpStatusCode.BadRequest)]
    public async Task A_kill_without_a_reason_is_refused(string body, string type, HttpStatusCode expected)
    {
        using var answer = await _client.PostAsync($"/v1/sessions/{Running}/kill", new StringContent(body, Encoding.UTF8, type));

        Assert.Equal(expected, answer.StatusCode);
        Assert.Empty(_cluster.Ended);
    }

    [Fact]
    public async Task A_body_above_the_cap_is_refused()
    {
        using var answer = await _client.PostAsJsonAsync($"/v1/sessions/{Running}/kill", new { reason = new string('x', 5000) });

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Empty(_cluster.Ended);
    }

    [Fact]
    public async Task The_seal_key_is_the_public_one()
    {
        var pem = await _client.GetStringAsync("/v1/seal-key");

        Assert.Equal(_key.PublicPem, pem);
        Assert.DoesNotContain("PRIVATE", pem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_show_everything_but_secrets_and_where_they_lie()
    {
        var json = await _client.GetStringAsync("/v1/connections");

        var connection = JsonDocument.Parse(json).RootElement[0];
        Assert.Equal("telemetry", connection.GetProperty("name").GetString());
        Assert.Equal("TLS 1.3", connection.GetProperty("client").GetProperty("lowestTls").GetString());
        Assert.Equal("broker.internal:8883", connection.GetProperty("upstream").GetProperty("address").GetString());
        Assert.DoesNotContain("password", json, StringComparison.OrdinalIgnoreCase);
    }

    public async Task InitializeAsync()
    {
        _cluster = SampleCluster.OfThree(_key);
        _host = await AdminHost.StartAsync(_cluster, _key);
        _client = _host.Client("both");
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _host.DisposeAsync();
    }

    public void Dispose() => _key.Dispose();

    static async Task<List<string>> LinesAsync(IAsyncEnumerable<JournaledEvent> events)
    {
        var lines = new List<string>();
        await foreach (var e in events) lines.Add($"{e.SequenceNumber} {e.Manifest} {Convert.ToHexString(e.Bytes.Span)}");
        return lines;
    }
}

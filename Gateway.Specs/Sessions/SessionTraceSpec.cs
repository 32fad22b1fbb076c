using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using Gateway.Actors.Record;
using Gateway.Actors.Sessions;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Sessions;

/// <summary>One tree of spans for every session, as far as it came.</summary>
public sealed class SessionTraceSpec : IAsyncLifetime, IDisposable
{
    readonly string _connection = $"traced-{Guid.NewGuid():N}"[..24];
    readonly TestCertificates _clients = new("Clients CA");
    readonly TestCertificates _upstreams = new("Upstream CA");
    readonly ConcurrentQueue<Activity> _stopped = new();
    readonly ActivityListener _listener;
    TlsUpstream _upstream = null!;

    public SessionTraceSpec()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == SessionTraces.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = _stopped.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    [Fact]
    public async Task A_good_session_is_traced_through_every_step()
    {
        await using var node = await EchoNode.StartAsync(_clients, _upstreams, _upstream.Port, connection: _connection);

        await SpeakAsync(node, "camera-17");

        var (root, steps) = await TreeAsync();
        Assert.Equal(["accept", "tls", "identify", "authorize", "record", "upstream", "relay"], steps.Select(s => s.OperationName));
        Assert.All(steps.Append(root), span => Assert.Equal(ActivityStatusCode.Unset, span.Status));
        Assert.Equal((await node.EndedAsync()).SessionId, root.GetTagItem("gateway.session.id"));
        Assert.Equal(default, root.ParentSpanId);
        Assert.Equal(ActivityKind.Server, root.Kind);
        Assert.All(steps, step => Assert.Equal(step.OperationName == "upstream" ? ActivityKind.Client : ActivityKind.Internal, step.Kind));
    }

    [Fact]
    public async Task A_client_without_tls_is_refused_in_that_step() =>
        await RefusedAsync(_upstream.Port, PlaintextAsync, "plaintext-on-tls-port", "accept", "tls");

    [Fact]
    public async Task Who_may_not_use_the_connection_is_refused_when_that_is_judged() =>
        await RefusedAsync(_upstream.Port, node => SpeakAsync(node, "stranger"), "not-granted", "accept", "tls", "identify", "authorize");

    [Fact]
    public async Task An_upstream_that_is_away_is_seen_in_its_step() => await RefusedAsync(
        FreePort.Next(), node => SpeakAsync(node, "camera-17"), "upstream-unreachable", "accept", "tls", "identify", "authorize", "record", "upstream");

    [Fact]
    public async Task A_step_that_fails_is_seen_to_have_failed()
    {
        await using var node = await EchoNode.StartAsync(_clients, _upstreams, _upstream.Port, connection: _connection);
        await using (var connection = await node.Opened.Journal.OpenAsync(default))
        {
            await using var command = connection.CreateCommand();
            command.CommandText = $"create trigger broken before insert on {JournalDatabase.SessionTable} begin select raise(abort, 'broken'); end";
            await command.ExecuteNonQueryAsync();
        }

        await SpeakAsync(node, "camera-17");

        var (_, steps) = await TreeAsync();
        Assert.Equal(["accept", "tls", "identify", "authorize", "record"], steps.Select(s => s.OperationName));
        Assert.Equal((ActivityStatusCode.Error, "internal-fault"), (steps[^1].Status, steps[^1].StatusDescription));
    }

    [Fact]
    public async Task A_collector_gets_the_spans_where_one_is_configured()
    {
        using var authority = new TestCertificates("Collector CA");
        await using var collector = await WebhookServer.StartAsync(authority.Server());
        var file = Path.Combine(Path.GetTempPath(), $"{_connection}.crt");
        await using (var node = await EchoNode.StartAsync(_clients, _upstreams, _upstream.Port, connection: _connection, settings:
            [("Telemetry:Otlp:Endpoint", collector.Url[..^"/hook".Length]), ("Telemetry:Otlp:AuthoritiesFile", authority.WriteAuthority(file))]))
        {
            await SpeakAsync(node, "camera-17");
            await node.EndedAsync();
        }

        // What is left is sent when a node ends.
        File.Delete(file);
        Assert.Contains(collector.Requests, r => System.Text.Encoding.Latin1.GetString(r.Body).Contains(_connection, StringComparison.Ordinal));
    }

    public Task InitializeAsync()
    {
        _upstream = new TlsUpstream(_upstreams.Server(), TlsUpstream.EchoAsync);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _upstream.DisposeAsync();

    public void Dispose()
    {
        _listener.Dispose();
        _clients.Dispose();
        _upstreams.Dispose();
    }

    async Task RefusedAsync(int upstream, Func<TestNode, Task> attempt, string refusal, params string[] steps)
    {
        await using var node = await EchoNode.StartAsync(_clients, _upstreams, upstream, connection: _connection);

        await attempt(node);

        var (root, spans) = await TreeAsync();
        Assert.Equal(steps, spans.Select(s => s.OperationName));
        foreach (var span in (Activity[])[root, spans[^1]])
        {
            Assert.Equal((ActivityStatusCode.Error, refusal), (span.Status, span.GetTagItem("gateway.refusal")));
            Assert.Equal(refusal, span.StatusDescription);
        }

        Assert.All(spans.Append(root), TellsNoSubject);
        Assert.All(spans[..^1], span => Assert.Equal(ActivityStatusCode.Unset, span.Status));
    }

    static void TellsNoSubject(Activity span)
    {
        Assert.DoesNotContain("stranger", span.StatusDescription ?? "", StringComparison.Ordinal);
        Assert.All(span.TagObjects, tag => Assert.DoesNotContain("stranger", $"{tag.Value}", StringComparison.Ordinal));
    }

    /// <summary>The one session's root, and its children in the order they began.</summary>
    async Task<(Activity Root, Activity[] Steps)> TreeAsync()
    {
        Activity root = null!;
        await Eventually.AssertAsync(() =>
        {
            root = Assert.Single(_stopped, a => a.OperationName == "session" && Equals(a.GetTagItem("gateway.connection"), _connection));
            return Task.CompletedTask;
        });
        var steps = _stopped.Where(a => a.TraceId == root.TraceId && a != root).ToArray();
        Assert.All(steps, step => Assert.Equal(root.SpanId, step.ParentSpanId));
        return (root, [.. steps.OrderBy(step => step.StartTimeUtc)]);
    }

    async Task SpeakAsync(TestNode node, string subject)
    {
        try
        {
            await using var client = await TlsClient.ConnectAsync(node.Address(_connection), node.AuthorityFile, _clients.Client(subject));
            await client.WriteAsync("hello"u8.ToArray());
            await client.ReadAtLeastAsync(new byte[5], 5, throwOnEndOfStream: false);
        }
        catch (IOException)
        {
            // It is sent away.
        }
    }

    async Task PlaintextAsync(TestNode node)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(node.Address(_connection));
        await socket.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
        await socket.ReceiveAsync(new byte[100]);
    }
}

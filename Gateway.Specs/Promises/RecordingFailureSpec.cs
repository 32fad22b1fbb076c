using Gateway.Actors.Hosting;
using Gateway.Actors.Record;
using Gateway.Actors.Sessions;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>No recording, no bytes.</summary>
public sealed class RecordingFailureSpec : IDisposable
{
    readonly TestCertificates _clients = new("Clients CA");
    readonly TestCertificates _upstreams = new("Upstream CA");

    [Theory]
    [InlineData("strict")]
    [InlineData("pipelined")]
    public async Task A_journal_that_fails_ends_the_session_and_the_session_is_sealed_once_it_works_again(string mode)
    {
        await using var upstream = new TlsUpstream(_upstreams.Server(), TlsUpstream.EchoAsync);
        await using var node = await EchoNode.StartAsync(_clients, _upstreams, upstream.Port, mode);
        await using var client = await TlsClient.ConnectAsync(node.Address("echo"), node.AuthorityFile, _clients.Client("camera-17"));
        await client.WriteAsync("recorded"u8.ToArray());
        await client.ReadExactlyAsync(new byte["recorded".Length]);
        await WhenRecordedAsync(node, 2 * "recorded".Length);

        await ExecuteAsync(node, $"alter table {JournalDatabase.JournalTable} rename to hidden");
        await client.WriteAsync("lost"u8.ToArray());
        var afterwards = await TlsClient.ReadToEndAsync(client);
        await ExecuteAsync(node, $"alter table hidden rename to {JournalDatabase.JournalTable}");

        var row = await node.EndedAsync();
        Assert.Equal((Ending.Refused, Refusal.RecordingFailed), (row.Closing!.Ending, row.Closing.Refusal));
        if (mode == "strict") Assert.Empty(afterwards);
        Assert.Equal("recorded"u8.ToArray(), await node.ReplayAsync(row.SessionId, Direction.ToUpstream));
        Assert.Contains(node.Log.Lines, line => line.Event == 103);
    }

    [Fact]
    public async Task Without_a_journal_no_session_begins_and_the_upstream_hears_nothing()
    {
        await using var upstream = new TlsUpstream(_upstreams.Server(), TlsUpstream.EchoAsync);
        await using var node = await EchoNode.StartAsync(_clients, _upstreams, upstream.Port);
        await ExecuteAsync(node, $"alter table {JournalDatabase.JournalTable} rename to hidden");

        var received = await AskAsync(node).WaitAsync(TimeSpan.FromSeconds(5));

        Assert.Empty(received);
        Assert.Equal(0, upstream.Connections);
    }

    [Fact]
    public async Task A_session_that_the_journal_took_nothing_of_is_not_open_and_is_not_asked_to_end_for_ever()
    {
        await using var upstream = new TlsUpstream(_upstreams.Server(), TlsUpstream.EchoAsync);
        await using var node = await EchoNode.StartAsync(_clients, _upstreams, upstream.Port);
        var id = SessionIds.New(node.Services.GetRequiredService<NodeIdentity>().Key, TimeProvider.System);

        await node.Commands.EndAsync(new EndSession(id, Ending.Refused, Refusal.RecordingFailed, "the session's actor stopped"), CancellationToken.None);

        Assert.Empty(await node.Archive.ListAsync(new SessionFilter(), CancellationToken.None));
        Assert.DoesNotContain(node.Log.Lines, line => line.Event == 106);
    }

    public void Dispose()
    {
        _clients.Dispose();
        _upstreams.Dispose();
    }

    static Task WhenRecordedAsync(TestNode node, int bytes) => Eventually.AssertAsync(async () =>
    {
        var open = Assert.Single(await node.Archive.ListAsync(new SessionFilter { Open = true }, CancellationToken.None));
        var recorder = new SessionRecorder(open.SessionId);
        await foreach (var e in node.Archive.ReadAsync(open.SessionId, CancellationToken.None)) recorder.Recover(new StoredEvent(e.Manifest, e.Bytes.ToArray()));
        Assert.Equal(bytes, recorder.ToUpstreamBytes + recorder.ToClientBytes);
    });

    async Task<byte[]> AskAsync(TestNode node)
    {
        try
        {
            await using var client = await TlsClient.ConnectAsync(node.Address("echo"), node.AuthorityFile, _clients.Client("camera-17"));
            await client.WriteAsync("payload"u8.ToArray());
            return await TlsClient.ReadToEndAsync(client);
        }
        catch (IOException)
        {
            // Turned away before the handshake was over.
            return [];
        }
    }

    static async Task ExecuteAsync(TestNode node, string sql)
    {
        await using var connection = await node.Opened.Journal.OpenAsync(CancellationToken.None);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}

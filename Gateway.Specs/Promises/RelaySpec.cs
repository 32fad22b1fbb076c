using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Record;
using Gateway.Actors.Replay;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>What a session through a whole node promises, with the opaque protocol and real sockets.</summary>
public sealed class RelaySpec : IDisposable
{
    readonly TestCertificates _clients = new("Clients CA");
    readonly TestCertificates _upstreams = new("Upstream CA");

    [Theory]
    [InlineData("pipelined")]
    [InlineData("strict")]
    public async Task What_was_relayed_is_what_the_journal_replays_byte_for_byte(string mode)
    {
        await using var upstream = new TlsUpstream(_upstreams.Server(), TlsUpstream.EchoAsync);
        await using var node = await StartAsync(upstream.Port, mode: mode);
        var sent = RandomNumberGenerator.GetBytes(3_000_017);

        byte[] received;
        await using (var client = await TlsClient.ConnectAsync(node.Address("echo"), node.AuthorityFile, _clients.Client("camera-17")))
        {
            var reading = TlsClient.ReadToEndAsync(client);
            await client.WriteAsync(sent);
            await client.ShutdownAsync();
            received = await reading;
        }

        var row = await node.EndedAsync();
        Assert.Equal(SHA256.HashData(sent), SHA256.HashData(received));
        Assert.Equal(SHA256.HashData(sent), SHA256.HashData(await node.ReplayAsync(row.SessionId, Direction.ToUpstream)));
        Assert.Equal(SHA256.HashData(received), SHA256.HashData(await node.ReplayAsync(row.SessionId, Direction.ToClient)));
        Assert.Equal("camera-17", row.Subject);
        Assert.Equal((Ending.ClosedByClient, Refusal.None), (row.Closing!.Ending, row.Closing.Refusal));
    }

    [Theory]
    [InlineData("metadata")]
    [InlineData("off")]
    public async Task Below_full_no_byte_of_the_traffic_is_kept_and_the_record_still_tells_whose_it_was_and_how_much(string level)
    {
        await using var upstream = new TlsUpstream(_upstreams.Server(), TlsUpstream.EchoAsync);
        await using var node = await EchoNode.StartAsync(_clients, _upstreams, upstream.Port, level: level);

        await using (var client = await TlsClient.ConnectAsync(node.Address("echo"), node.AuthorityFile, _clients.Client("camera-17")))
        {
            await client.WriteAsync("a-secret-payload"u8.ToArray());
            await client.ShutdownAsync();
            Assert.Equal("a-secret-payload"u8.ToArray(), await TlsClient.ReadToEndAsync(client));
        }

        var row = await node.EndedAsync();
        Assert.Equal(("camera-17", 16L, 16L), (row.Subject, row.Closing!.ToUpstreamBytes, row.Closing.ToClientBytes));
        var events = new List<JournaledEvent>();
        await foreach (var e in node.Archive.ReadAsync(row.SessionId, CancellationToken.None)) events.Add(e);
        Assert.Equal(["s.opened.3", "s.access.1", "s.upstream.1", "s.counted.1", "s.sealed.1"], events.Select(e => e.Manifest));
        Assert.DoesNotContain(events, e => e.Bytes.Span.IndexOf("a-secret-payload"u8) >= 0);
        var refused = await Assert.ThrowsAsync<InvalidDataException>(() => node.ReplayAsync(row.SessionId, Direction.ToUpstream));
        Assert.Contains("below full", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_payload_byte_reaches_the_upstream_before_a_grant_exists()
    {
        await using var upstream = new TlsUpstream(_upstreams.Server(), TlsUpstream.EchoAsync);
        await using var node = await StartAsync(upstream.Port);

        await using (var client = await TlsClient.ConnectAsync(node.Address("echo"), node.AuthorityFile, _clients.Client("nobody")))
        {
            await client.WriteAsync("payload"u8.ToArray());
            Assert.Empty(await TlsClient.ReadToEndAsync(client));
        }

        var row = await node.EndedAsync();
        Assert.Equal(Refusal.NotGranted, row.Closing!.Refusal);
        Assert.Equal(0, upstream.Connections);
    }

    [Theory]
    [InlineData("untrusted", Refusal.UpstreamCertificateUntrusted)]
    [InlineData("expired", Refusal.UpstreamCertificateExpired)]
    [InlineData("misnamed", Refusal.UpstreamNameMismatch)]
    public async Task An_upstream_with_a_wrong_certificate_gets_no_payload_byte_and_the_audit_names_the_rule(string fault, Refusal refusal)
    {
        using var strangers = new TestCertificates("Strangers CA");
        X509Certificate2 certificate = fault switch
        {
            "untrusted" => strangers.Server(),
            "expired" => _upstreams.Expired(),
            _ => _upstreams.Server("elsewhere.example.org"),
        };
        var payload = new List<int>();
        await using var upstream = new TlsUpstream(certificate, async stream => payload.Add(await stream.ReadAsync(new byte[100])));
        await using var node = await StartAsync(upstream.Port);

        await using (var client = await TlsClient.ConnectAsync(node.Address("echo"), node.AuthorityFile, _clients.Client("camera-17")))
        {
            await client.WriteAsync("payload"u8.ToArray());
            Assert.Empty(await TlsClient.ReadToEndAsync(client));
        }

        var row = await node.EndedAsync();
        Assert.Equal(refusal, row.Closing!.Refusal);
        Assert.All(payload, read => Assert.Equal(0, read));
    }

    [Fact]
    public async Task A_session_can_be_ended_from_outside_although_its_client_takes_nothing()
    {
        await using var upstream = new TlsUpstream(_upstreams.Server(), FloodAsync);
        await using var node = await StartAsync(upstream.Port);
        await using var client = await TlsClient.ConnectAsync(node.Address("echo"), node.AuthorityFile, _clients.Client("camera-17"));
        var open = await OpenAsync(node);

        await node.Commands.EndAsync(
            new Actors.Sessions.EndSession(open.SessionId, Ending.Killed, Refusal.None, "spec"), CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(8));

        var row = await node.EndedAsync();
        Assert.Equal((Ending.Killed, "spec"), (row.Closing!.Ending, row.Closing.Detail));
    }

    [Fact]
    public async Task A_recording_is_sealed_and_verifies()
    {
        await using var upstream = new TlsUpstream(_upstreams.Server(), TlsUpstream.EchoAsync);
        await using var node = await StartAsync(upstream.Port);

        await using (var client = await TlsClient.ConnectAsync(node.Address("echo"), node.AuthorityFile, _clients.Client("camera-17")))
        {
            await client.WriteAsync("hello"u8.ToArray());
            await client.ShutdownAsync();
            await TlsClient.ReadToEndAsync(client);
        }

        var row = await node.EndedAsync();
        var events = new List<JournaledEvent>();
        await foreach (var e in node.Archive.ReadAsync(row.SessionId, CancellationToken.None)) events.Add(e);
        Assert.Equal(["s.opened.3", "s.access.1", "s.upstream.1", "s.traffic.2", "s.sealed.1"], events.Select(e => e.Manifest).Distinct());
        var recorder = new SessionRecorder(row.SessionId);
        foreach (var e in events) recorder.Recover(new StoredEvent(e.Manifest, e.Bytes.ToArray()));
        Assert.Equal((5, 5), (recorder.ToUpstreamBytes, recorder.ToClientBytes));
    }

    [Fact]
    public async Task A_drained_node_ends_its_sessions_as_drained_and_its_listeners_are_gone()
    {
        await using var upstream = new TlsUpstream(_upstreams.Server(), TlsUpstream.EchoAsync);
        var node = await StartAsync(upstream.Port);
        var address = node.Address("echo");
        await using var client = await TlsClient.ConnectAsync(address, node.AuthorityFile, _clients.Client("camera-17"));
        await client.WriteAsync("stay"u8.ToArray());
        var open = await OpenAsync(node);

        var archive = node.Archive;
        await node.DisposeAsync(keepFiles: true);

        var row = await archive.FindAsync(open.SessionId, CancellationToken.None);
        Assert.Equal((Ending.Drained, Refusal.NodeDraining), (row!.Closing!.Ending, row.Closing.Refusal));
        await Assert.ThrowsAnyAsync<Exception>(() => TlsClient.ConnectAsync(address, node.AuthorityFile));
        node.DeleteFiles();
    }

    public void Dispose()
    {
        _clients.Dispose();
        _upstreams.Dispose();
    }

    static async Task FloodAsync(Stream stream)
    {
        var block = new byte[64 * 1024];
        while (true) await stream.WriteAsync(block);
    }

    static async Task<SessionRow> OpenAsync(TestNode node)
    {
        SessionRow? row = null;
        await Eventually.AssertAsync(async () =>
            row = Assert.Single(await node.Archive.ListAsync(new SessionFilter { Open = true }, CancellationToken.None)));
        return row!;
    }

    Task<TestNode> StartAsync(int upstreamPort, string mode = "pipelined") => EchoNode.StartAsync(_clients, _upstreams, upstreamPort, mode);
}

using System.Text;
using Gateway.Actors.Hosting;
using Gateway.Actors.Hosting.Events;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Events;

public sealed class SyslogOutletSpec : IDisposable
{
    static readonly AuditEvent[] s_batch =
    [
        .. Enumerable.Range(1, 1000).Select(i => new AuditEvent(
            1, $"one:{i}", "session-opened", "2026-01-02T03:04:05.000000Z", EventSeverity.Info, "node1", new string('x', 500))),
    ];

    readonly TestCertificates _servers = new("Server CA");
    readonly TestCertificates _clients = new("Clients CA");
    readonly ConfigurationFolder _folder = new();

    [RequiresFact("rsyslogd")]
    public async Task Rsyslog_has_every_event_of_a_batch_that_was_taken()
    {
        var port = FreePort.Next();
        await using var server = await Rsyslog.StartAsync(_servers.Server(), _clients, port);

        await SendAsync(Shown(port));
        await SendAsync(Shown(port));

        await Eventually.AssertAsync(() =>
        {
            Assert.Equal([.. s_batch.Select(e => e.Id), .. s_batch.Select(e => e.Id)], server.EventIds);
            return Task.CompletedTask;
        });
        Assert.Equal("110 node1 gateway session-opened", server.Messages[0].Header);
    }

    [RequiresFact("rsyslogd")]
    public async Task Rsyslog_that_wants_a_certificate_and_is_shown_none_has_taken_nothing()
    {
        var port = FreePort.Next();
        await using var server = await Rsyslog.StartAsync(_servers.Server(), _clients, port);

        await Assert.ThrowsAsync<OutletException>(() => SendAsync(Plain(port)));

        Assert.Empty(server.EventIds);
    }

    [Fact]
    public async Task What_the_server_has_read_to_its_end_is_taken()
    {
        using var received = new MemoryStream();
        await using var server = new TlsUpstream(_servers.Server(), async stream =>
        {
            await stream.CopyToAsync(received);
            await stream.ShutdownAsync();
        });

        await SendAsync(Plain(server.Port));

        Assert.Equal(string.Concat(s_batch.Select(e => Encoding.ASCII.GetString(SyslogMessage.Framed(e)))), Encoding.ASCII.GetString(received.ToArray()));
    }

    [Fact]
    public async Task A_server_that_goes_away_in_the_midst_has_not_taken_the_batch()
    {
        await using var server = new TlsUpstream(_servers.Server(), async stream => await stream.ReadExactlyAsync(new byte[10]));

        // More than its TLS reads ahead: something is left unread, so that its end is no orderly one.
        var refused = await Assert.ThrowsAsync<OutletException>(() => SendAsync(Plain(server.Port), batch: [.. Enumerable.Repeat(s_batch, 2000).SelectMany(b => b)]));

        Assert.StartsWith($"localhost:{server.Port} did not take what it was sent", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_reads_and_never_ends_the_connection_has_not_taken_the_batch()
    {
        var over = new TaskCompletionSource();
        await using var server = new TlsUpstream(_servers.Server(), async stream =>
        {
            await stream.CopyToAsync(Stream.Null);
            await over.Task;
        });

        var refused = await Assert.ThrowsAsync<OutletException>(() => SendAsync(Plain(server.Port), TimeSpan.FromSeconds(1)));

        over.SetResult();
        Assert.EndsWith("in time", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20_000)]
    public async Task A_server_that_reads_nothing_has_not_taken_the_batch(int events)
    {
        var over = new TaskCompletionSource();
        await using var server = new TlsUpstream(_servers.Server(), _ => over.Task);
        AuditEvent[] batch = [.. Enumerable.Repeat(s_batch[0], events)];

        var refused = await Assert.ThrowsAsync<OutletException>(() => SendAsync(Plain(server.Port), TimeSpan.FromSeconds(2), batch));

        over.SetResult();
        Assert.EndsWith("in time", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_may_not_be_read_is_told_as_what_it_is()
    {
        await using var server = new TlsUpstream(_servers.Server(), stream => stream.CopyToAsync(Stream.Null));
        var (certificate, _) = TestCertificates.Write(_clients.Client("gateway"), _folder.Root, "client");

        var refused = await Assert.ThrowsAsync<OutletException>(
            () => SendAsync(Plain(server.Port) with { CertificateFile = certificate, KeyFile = _folder.Root }));

        Assert.Equal($"localhost:{server.Port} cannot be spoken to: its certificate or key cannot be read", refused.Message);
    }

    [Fact]
    public async Task A_server_of_another_authority_or_name_is_told_nothing()
    {
        var heard = 0;
        await using var server = new TlsUpstream(_servers.Server("elsewhere.example"), async stream => heard += await stream.ReadAsync(new byte[10]));

        await Assert.ThrowsAsync<OutletException>(() => SendAsync(Plain(server.Port)));
        await Assert.ThrowsAsync<OutletException>(() => SendAsync(
            Plain(server.Port) with { AuthoritiesFile = _clients.WriteAuthority(_folder.PathOf("other.crt")) }));

        Assert.Equal(0, heard);
    }

    public void Dispose()
    {
        _servers.Dispose();
        _clients.Dispose();
        _folder.Dispose();
    }

    OutletOptions Plain(int port) => new()
    {
        Name = "siem",
        Kind = OutletKind.Syslog,
        Address = $"localhost:{port}",
        AuthoritiesFile = _servers.WriteAuthority(_folder.PathOf("servers.crt")),
    };

    OutletOptions Shown(int port)
    {
        var (certificate, key) = TestCertificates.Write(_clients.Client("gateway"), _folder.Root, "client");
        return Plain(port) with { CertificateFile = certificate, KeyFile = key };
    }

    static async Task SendAsync(OutletOptions options, TimeSpan? within = null, AuditEvent[]? batch = null)
    {
        using var outlet = new SyslogOutlet(options);
        using var limit = new CancellationTokenSource(within ?? TimeSpan.FromSeconds(20));
        await outlet.SendAsync(batch ?? s_batch, limit.Token);
    }
}

using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Gateway.Actors.Hosting;
using Gateway.Actors.Record;
using Gateway.Actors.Replay;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>What an auditor is promised of sessions that are unlike their subject's earlier ones.</summary>
public sealed class AnomaliesSpec : IDisposable
{
    readonly TestCertificates _clients = new("Clients CA");
    readonly TestCertificates _upstreams = new("Upstream CA");

    [Fact]
    public async Task A_session_unlike_its_subjects_earlier_ones_says_so_while_it_runs_in_its_own_signed_record()
    {
        await using var upstream = new TlsUpstream(_upstreams.Server(), TlsUpstream.EchoAsync);
        await using var node = await StartAsync(upstream.Port);
        using var meter = new NoticeMeter(node.Services.GetRequiredService<GatewayMetrics>());
        await HabitAsync(node);

        await using (var client = await OpenAsync(node, SslProtocols.Tls13))
        {
            await EchoAsync(client, 2_000);
            await Eventually.AssertAsync(async () => Assert.Equal(
                ["client-fingerprint-new", "volume-unusual"], (await NoticedAsync(node, open: true)).Select(n => n.Kind).Order()));
            await client.ShutdownAsync();
            await TlsClient.ReadToEndAsync(client);
        }

        var row = await node.EndedAsync(r => r.Closing!.ToUpstreamBytes == 2_000);
        var noticed = await node.Archive.NoticesAsync(row.SessionId, default);
        Assert.Contains(row.Ja4!, noticed.Single(n => n.Kind == "client-fingerprint-new").Explanation, StringComparison.Ordinal);
        var volume = noticed.Single(n => n.Kind == "volume-unusual").Explanation;
        Assert.Contains("more than 10 times the 4 bytes", volume, StringComparison.Ordinal);
        Assert.Equal((1, 1), (meter.Noticed("client-fingerprint-new"), meter.Noticed("volume-unusual")));
        var keys = SealPublicKeys.FromPem(node.Services.GetRequiredService<SealKey>().PublicPem);
        var events = node.Archive.ReadAsync(row.SessionId, default);
        var found = await SessionVerification.VerifyAsync(row.SessionId, events, ended: true, keys, key: null, default);
        Assert.Equal(VerificationVerdict.Verified, found.Verdict);
    }

    [Theory]
    [InlineData("metadata")]
    [InlineData("off")]
    public async Task Where_traffic_is_only_counted_its_volume_is_noticed_with_the_count(string level)
    {
        await using var upstream = new TlsUpstream(_upstreams.Server(), TlsUpstream.EchoAsync);
        await using var node = await StartAsync(upstream.Port, level);
        await HabitAsync(node);

        await using (var client = await OpenAsync(node))
        {
            await EchoAsync(client, 2_000);
            await client.ShutdownAsync();
            await TlsClient.ReadToEndAsync(client);
        }

        var row = await node.EndedAsync(r => r.Closing!.ToUpstreamBytes == 2_000);
        Assert.Contains(await node.Archive.NoticesAsync(row.SessionId, default), n => n.Kind == "volume-unusual");
    }

    [Fact]
    public async Task A_session_outside_the_usual_hours_and_places_of_its_connection_says_so_and_is_served()
    {
        await using var upstream = new TlsUpstream(_upstreams.Server(), TlsUpstream.EchoAsync);
        // However long this takes, it is not yet that day.
        var day = TimeProvider.System.GetUtcNow().AddDays(3).DayOfWeek.ToString()[..3].ToLowerInvariant();
        await using var node = await EchoNode.StartAsync(_clients, _upstreams, upstream.Port, more: $$"""
              anomalies:
                rules:
                  - hours: [ { days: [{{day}}] } ]
                    places: [ { name: Zurich office, networks: [192.0.2.0/24] } ]
            """);

        await using (var client = await OpenAsync(node))
        {
            await EchoAsync(client, 2);
            await client.ShutdownAsync();
            await TlsClient.ReadToEndAsync(client);
        }

        var noticed = await node.Archive.NoticesAsync((await node.EndedAsync()).SessionId, default);
        Assert.Equal(["hours-unusual", "network-unusual"], noticed.Select(one => one.Kind).Order());
        var (hours, network) = (noticed.Single(one => one.Kind == "hours-unusual"), noticed.Single(one => one.Kind == "network-unusual"));
        Assert.EndsWith($"outside this subject's usual hours here: {day} 00:00 to 24:00 UTC", hours.Explanation, StringComparison.Ordinal);
        Assert.EndsWith("127.0.0.1 is in none of this subject's usual places here: Zurich office", network.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_subject_that_is_in_two_places_at_once_is_noticed_as_long_as_it_is()
    {
        await using var upstream = new TlsUpstream(_upstreams.Server(), TlsUpstream.EchoAsync);
        await using var node = await EchoNode.StartAsync(_clients, _upstreams, upstream.Port, more: """
              anomalies:
                rules:
                  - overlap: same-place
                    places: [ { name: Zurich, networks: [127.0.0.1] }, { name: Bern, networks: [127.0.0.2] } ]
            """);

        await using (var zurich = await OpenAsync(node))
        {
            await EchoAsync(zurich, 2);
            await using var bern = await FromAsync(node, "127.0.0.2");
            await EchoAsync(bern, 2);
            var second = (await node.Archive.ListAsync(new SessionFilter(), default)).Single(row => IsFrom(row, "127.0.0.2"));
            await Eventually.AssertAsync(async () => Assert.Equal(
                "the client comes from Bern (127.0.0.2) while another session of this subject here is open from Zurich (127.0.0.1)",
                Assert.Single(await node.Archive.NoticesAsync(second.SessionId, default)).Explanation));
        }

        await Eventually.AssertAsync(async () => Assert.Empty(await node.Archive.ListAsync(new SessionFilter { Open = true }, default)));
        using var meter = new NoticeMeter(node.Services.GetRequiredService<GatewayMetrics>());
        await using var later = await FromAsync(node, "127.0.0.2");
        await EchoAsync(later, 2);
        // Its answer comes after that of the session before.
        await using var last = await FromAsync(node, "127.0.0.1");
        await EchoAsync(last, 2);
        await Eventually.TrueAsync(() => meter.Noticed("place-impossible") == 2);
        foreach (var row in await node.Archive.ListAsync(new SessionFilter { Open = true }, default))
            Assert.Equal(IsFrom(row, "127.0.0.1") ? 1 : 0, (await node.Archive.NoticesAsync(row.SessionId, default)).Count);
    }

    [Fact]
    public async Task Switched_off_nothing_is_noticed()
    {
        await using var upstream = new TlsUpstream(_upstreams.Server(), TlsUpstream.EchoAsync);
        await using var node = await EchoNode.StartAsync(
            _clients, _upstreams, upstream.Port, settings: [("Anomalies:Enabled", "false"), ("Anomalies:LeastBytes", "1000")]);
        await HabitAsync(node);

        await using (var client = await OpenAsync(node, SslProtocols.Tls13))
        {
            await EchoAsync(client, 2_000);
            await client.ShutdownAsync();
            await TlsClient.ReadToEndAsync(client);
        }

        var row = await node.EndedAsync(r => r.Closing!.ToUpstreamBytes == 2_000);
        Assert.Empty(await node.Archive.NoticesAsync(row.SessionId, default));
    }

    public void Dispose()
    {
        _clients.Dispose();
        _upstreams.Dispose();
    }

    /// <summary>Three sessions of two bytes each way.</summary>
    async Task HabitAsync(TestNode node)
    {
        for (var i = 1; i <= 3; i++)
        {
            await using (var client = await OpenAsync(node))
            {
                await EchoAsync(client, 2);
                await client.ShutdownAsync();
                await TlsClient.ReadToEndAsync(client);
            }

            await Eventually.AssertAsync(async () =>
            {
                var ended = await node.Archive.ListAsync(new SessionFilter { Open = false }, default);
                Assert.Equal(i, ended.Count);
                Assert.All(ended, row => Assert.NotNull(row.Ja4));
            });
        }

        foreach (var row in await node.Archive.ListAsync(new SessionFilter(), default))
            Assert.Empty(await node.Archive.NoticesAsync(row.SessionId, default));
    }

    static async Task<IReadOnlyList<SessionNoticed>> NoticedAsync(TestNode node, bool open)
    {
        var row = Assert.Single(await node.Archive.ListAsync(new SessionFilter { Open = open }, default));
        return await node.Archive.NoticesAsync(row.SessionId, default);
    }

    static async Task EchoAsync(SslStream client, int bytes)
    {
        await client.WriteAsync(new byte[bytes]);
        await client.ReadExactlyAsync(new byte[bytes]).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
    }

    static bool IsFrom(SessionRow row, string address) => row.ClientAddress.StartsWith($"{address}:", StringComparison.Ordinal);

    async Task<SslStream> FromAsync(TestNode node, string address)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
        return await TlsClient.ConnectAsync(node.Address("echo"), node.AuthorityFile, _clients.Client("camera-17"), socket);
    }

    Task<SslStream> OpenAsync(TestNode node, SslProtocols protocols = SslProtocols.None) =>
        TlsClient.ConnectAsync(node.Address("echo"), node.AuthorityFile, _clients.Client("camera-17"), protocols: protocols);

    Task<TestNode> StartAsync(int upstreamPort, string level = "full") =>
        EchoNode.StartAsync(_clients, _upstreams, upstreamPort, level: level, settings: [("Anomalies:LeastBytes", "1000")]);
}

using System.Net.Security;
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

    Task<SslStream> OpenAsync(TestNode node, SslProtocols protocols = SslProtocols.None) =>
        TlsClient.ConnectAsync(node.Address("echo"), node.AuthorityFile, _clients.Client("camera-17"), protocols: protocols);

    Task<TestNode> StartAsync(int upstreamPort, string level = "full") =>
        EchoNode.StartAsync(_clients, _upstreams, upstreamPort, level: level, settings: [("Anomalies:LeastBytes", "1000")]);
}

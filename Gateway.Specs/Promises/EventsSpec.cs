using System.Text.Json;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>What a SIEM is promised: every event at least once, whoever is away meanwhile.</summary>
[Collection(nameof(TestCluster))]
public sealed class EventsSpec(TestCluster cluster) : IAsyncLifetime
{
    static readonly TimeSpan s_takeOver = TimeSpan.FromSeconds(90);

    public Task InitializeAsync() => cluster.MendAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [RequiresFact("postgres", "rsyslogd")]
    public async Task Every_event_reaches_syslog_and_webhook_though_both_were_away_and_the_node_that_told_them_was_killed()
    {
        // Nobody has listened until now.
        var before = await SessionAsync();
        await using var syslog = await Rsyslog.StartAsync(cluster.Siem.Server(), cluster.Authority, cluster.SyslogPort);
        await using (var webhook = await WebhookServer.StartAsync(cluster.Siem.Server(), cluster.WebhookPort))
        {
            await ToldAsync(before, webhook, syslog);
        }

        // The oldest node tells. It dies, and with the webhook away.
        await cluster.Nodes[0].Process.KillAsync();
        var after = await SessionAsync(1);
        await using var again = await WebhookServer.StartAsync(cluster.Siem.Server(), cluster.WebhookPort);
        await ToldAsync(after, again, syslog);
        var order = again.EventIds.Where(id => id.StartsWith(after, StringComparison.Ordinal)).Distinct().ToArray();
        Assert.Equal($"{after}:1", order[0]);
        await cluster.ReplaceAsync(0);
    }

    static Task ToldAsync(string session, WebhookServer webhook, Rsyslog syslog) => Eventually.AssertAsync(
        () =>
        {
            Assert.Contains($"{session}:1", webhook.EventIds);
            Assert.Contains($"{session}:1", syslog.EventIds);
            Assert.Equal(Of(session, webhook.EventIds), Of(session, syslog.EventIds));
            Assert.Equal(2, Of(session, syslog.EventIds).Length);
            return Task.CompletedTask;
        },
        s_takeOver);

    // Opened and ended.
    static string[] Of(string session, IReadOnlyList<string> ids) => [.. ids.Where(id => id.StartsWith(session + ":", StringComparison.Ordinal)).Distinct()];

    /// <summary>A client's session from its first byte to its end.</summary>
    async Task<string> SessionAsync(int through = 0)
    {
        var known = (await IdsAsync(through)).ToHashSet();
        // Until the cluster has done with a node that died, others may have no place for new sessions.
        await Eventually.AssertAsync(
            async () => Assert.Null(await Xunit.Record.ExceptionAsync(async () => await (await cluster.OpenAsync(cluster.Nodes[through])).DisposeAsync())), s_takeOver);
        string? id = null;
        await Eventually.AssertAsync(async () =>
        {
            id = (await IdsAsync(through)).FirstOrDefault(i => !known.Contains(i));
            Assert.NotNull(id);
        });
        return id!;
    }

    async Task<string[]> IdsAsync(int through)
    {
        var (code, output) = await cluster.Nodes[through].GatewayAsync("sessions", "list", "--ended", "--node-key", await KeyAsync(through), "--json");
        Assert.True(code == 0, output);
        using var json = JsonDocument.Parse(output);
        return [.. json.RootElement.EnumerateArray().Where(s => s.GetProperty("toUpstreamBytes").GetInt64() > 0).Select(s => s.GetProperty("id").GetString()!)];
    }

    async Task<string> KeyAsync(int through)
    {
        var (_, output) = await cluster.Nodes[through].GatewayAsync("nodes", "--json");
        using var json = JsonDocument.Parse(output);
        return json.RootElement.GetProperty("answered").GetString()!;
    }
}

using System.Net;
using System.Net.Http.Json;
using Gateway.Actors.Hosting;
using Gateway.Actors.Hosting.AdminApi;
using Gateway.Actors.Record;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Admin;

public sealed class HealthSpec : IAsyncLifetime, IDisposable
{
    readonly SealKey _key = SealKey.Ephemeral();
    SampleCluster _cluster = null!;
    AdminHost _host = null!;
    HttpClient _client = null!;

    [Fact]
    public async Task A_node_is_live_while_it_answers()
    {
        _cluster.JournalProblem = "the database does not answer";

        var answer = await _client.GetStringAsync("/health/live");

        Assert.Equal("{\"alive\":true}", answer);
    }

    [Fact]
    public async Task A_ready_node_lists_what_it_checked()
    {
        var view = await _client.GetFromJsonAsync("/health/ready", AdminJson.Default.ReadinessView);

        Assert.True(view!.Ready);
        Assert.Equal(["cluster", "journal"], view.Checks.Select(check => check.Name));
    }

    [Fact]
    public async Task A_node_with_a_failed_check_is_not_ready_and_says_why()
    {
        _cluster.JournalProblem = "the database does not answer";

        using var answer = await _client.GetAsync("/health/ready");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        var view = await answer.Content.ReadFromJsonAsync(AdminJson.Default.ReadinessView);
        Assert.Equal(ReadinessCheck.Failed("journal", "the database does not answer"), view!.Checks[1]);
    }

    [Fact]
    public void A_node_of_which_nothing_was_checked_is_not_ready() => Assert.False(ReadinessView.Of([]).Ready);

    public async Task InitializeAsync()
    {
        _cluster = SampleCluster.OfThree(_key);
        _host = await AdminHost.StartAsync(_cluster, _key);
        _client = _host.Client();
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _host.DisposeAsync();
    }

    public void Dispose() => _key.Dispose();
}

using System.Text.RegularExpressions;
using Gateway.Actors.Hosting;
using Gateway.Actors.Record;
using Gateway.Actors.Upstream;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Admin;

public sealed partial class MetricsSpec : IAsyncLifetime, IDisposable
{
    // Meters are process-wide: a connection name of its own keeps these measurements apart from those of other specs.
    readonly string _connection = $"scraped-{Guid.NewGuid():N}";
    readonly SealKey _key = SealKey.Ephemeral();
    AdminHost _host = null!;

    [Fact]
    public async Task The_document_names_exactly_what_a_node_publishes()
    {
        using var metrics = Measured();

        var scraped = await ScrapeAsync();

        var documented = Documented().Matches(await File.ReadAllTextAsync(Repository.File("docs/metrics.md")))
            .Select(row => $"{row.Groups[1].Value} {row.Groups[2].Value}");
        var published = Published().Matches(scraped).Select(line => line.Groups[1].Value);
        Assert.Equal(published.Order(), documented.Order());
    }

    [Fact]
    public async Task Sessions_are_counted_by_connection_and_refusals_by_word_and_side()
    {
        using var metrics = Measured();

        var scraped = await ScrapeAsync();

        Assert.Equal("1", Value(scraped, "gateway_sessions_active"));
        Assert.Equal("2", Value(scraped, "gateway_sessions_opened_total"));
        Assert.Equal("1", Value(scraped, "gateway_sessions_ended_total", "ending=\"closed-by-client\""));
        Assert.Equal("1", Value(scraped, "gateway_refusals_total", "refusal=\"token-expired\"", "side=\"client\""));
        Assert.Equal("10", Value(scraped, "gateway_relayed_bytes_total", "direction=\"to-upstream\""));
        Assert.Equal("20", Value(scraped, "gateway_relayed_bytes_total", "direction=\"to-client\""));
        Assert.Equal("65536", Value(scraped, "gateway_kafka_throttled_bytes_total", "direction=\"to-upstream\""));
        Assert.Equal("1.5", Value(scraped, "gateway_kafka_throttle_seconds_total", "direction=\"to-upstream\""));
        Assert.Equal("1", Value(scraped, "gateway_kafka_sessions_muted"));
        Assert.Equal("1", Value(scraped, "gateway_kafka_batches_refused_total"));
        Assert.Equal("1", Value(scraped, "gateway_schema_questions_total", "outcome=\"failed\""));
        Assert.Equal("5.25", Value(scraped, "gateway_schema_question_seconds_total"));
    }

    [Fact]
    public async Task The_runtime_tells_how_it_is_too()
    {
        var scraped = await ScrapeAsync();

        Assert.Contains("\ndotnet_process_memory_working_set_bytes", scraped, StringComparison.Ordinal);
        Assert.Contains("\ndotnet_thread_pool_queue_length", scraped, StringComparison.Ordinal);
    }

    public async Task InitializeAsync() => _host = await AdminHost.StartAsync(SampleCluster.OfThree(_key), _key);

    public async Task DisposeAsync() => await _host.DisposeAsync();

    public void Dispose() => _key.Dispose();

    // Everything a node measures, once.
    GatewayMetrics Measured()
    {
        var metrics = new GatewayMetrics();
        metrics.SessionOpened(_connection);
        metrics.SessionOpened(_connection);
        metrics.SessionEnded(_connection, Ending.ClosedByClient, Refusal.None, 10, 20, wasOpened: true);
        metrics.SessionEnded(_connection, Ending.Refused, Refusal.TokenExpired, 0, 0, wasOpened: false);
        metrics.AccessEnding(_connection, Refusal.TokenExpired);
        metrics.AccessRenewed(_connection);
        metrics.FieldsMasked(_connection, "cards", 3);
        metrics.LoginRefused(LoginWay.Saml, Refusal.AssertionReplayed);
        metrics.Throttled(_connection, Direction.ToUpstream, 65_536, TimeSpan.FromMilliseconds(1500));
        metrics.SessionsMuted(_connection, 2);
        metrics.SessionsMuted(_connection, -1);
        metrics.BatchRefused(_connection);
        metrics.SchemaAsked(_connection, SchemaOutcome.Told, TimeSpan.FromMilliseconds(250));
        metrics.SchemaAsked(_connection, SchemaOutcome.Failed, TimeSpan.FromSeconds(5));
        metrics.RecordingFailed();
        metrics.Noticed(AnomalyKind.VolumeUnusual);
        metrics.ComparisonSkipped();
        metrics.ComparisonFailed();
        metrics.ConnectionShed(_connection);
        metrics.ObserveRecording(() => 4096);
        metrics.TlsSpokenBy("openssl");
        metrics.EventsTold("siem", 3);
        metrics.OutletFailed("siem");
        metrics.ObserveOutlets(() => [("siem", 7)]);
        metrics.ObserveCertificates(() => [("edge", 3600)]);
        metrics.Rotated(new CertificateRetired { Act = SampleRegistry.Act, Name = "edge", Version = 1, Reason = "replaced" });
        return metrics;
    }

    async Task<string> ScrapeAsync()
    {
        using var client = _host.Client();
        return await client.GetStringAsync("/metrics");
    }

    string Value(string scraped, string name, params string[] labels)
    {
        string[] all = [.. labels, $"connection=\"{_connection}\""];
        var line = Assert.Single(
            scraped.Split('\n'),
            l => l.StartsWith(name + "{", StringComparison.Ordinal) && all.All(label => l.Contains(label, StringComparison.Ordinal)));
        return line[(line.IndexOf('}', StringComparison.Ordinal) + 2)..].Split(' ')[0];
    }

    [GeneratedRegex(@"^\| `(gateway_\w+)` \| (\w+) \|", RegexOptions.Multiline)]
    private static partial Regex Documented();

    [GeneratedRegex(@"^# TYPE (gateway_\w+ \w+)$", RegexOptions.Multiline)]
    private static partial Regex Published();
}

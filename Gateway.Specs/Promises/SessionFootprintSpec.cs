using System.Globalization;
using System.Security.Cryptography;
using Gateway.Specs.Support;
using Npgsql;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>What a session writes into the database: docs/performance.md reckons with it.</summary>
[Collection(PostgresSpecs.Name)]
public sealed class SessionFootprintSpec(PostgresServer server) : IDisposable
{
    const int AtOnce = 8;

    // Tables grow by pages: of many sessions they tell.
    const int Some = 100;
    const int Many = 300;

    const string Traffic = "s.traffic.2";

    /// <summary>Every table with its indexes.</summary>
    const string Size = "sum(pg_total_relation_size(oid)) from pg_class where relkind = 'r' and relname like 'gateway%'";

    readonly TestCertificates _clients = new("Clients CA");
    readonly TestCertificates _upstreams = new("Upstream CA");
    readonly ConfigurationFolder _keys = new();

    public void Dispose()
    {
        _clients.Dispose();
        _upstreams.Dispose();
        _keys.Dispose();
    }

    [RequiresFact("postgres")]
    public async Task A_session_is_four_events_and_one_for_what_is_said_at_once_and_less_than_4_KiB_of_the_database()
    {
        await using var upstream = new TlsUpstream(_upstreams.Server(), TlsUpstream.EchoAsync);
        var database = await server.DatabaseAsync();
        await using var node = await StartAsync(upstream.Port, database);

        await RunAsync(node, sessions: Some, message: 100);
        await EndedAsync(database, Some);
        var spoken = await EventsAsync(database);
        var before = await NumberAsync(database, Size);
        await RunAsync(node, sessions: Many, message: 0);
        await EndedAsync(database, Some + Many);
        var all = await EventsAsync(database);

        Assert.Equal(["s.access.1 100", "s.opened.3 100", "s.sealed.1 100", "s.upstream.1 100"], Without(spoken, Traffic));
        // Where a machine is slow, an echo may miss the event of what it answers.
        Assert.InRange(spoken[Traffic], Some, Some + Some / 2);
        Assert.Equal(["s.access.1 400", "s.opened.3 400", "s.sealed.1 400", "s.upstream.1 400"], Without(all, Traffic));
        Assert.Equal(spoken[Traffic], all[Traffic]);
        Assert.InRange((await NumberAsync(database, Size) - before) / Many, 1, 4 * 1024);
    }

    static IEnumerable<string> Without(IReadOnlyDictionary<string, long> events, string kind) =>
        events.Where(e => e.Key != kind).Select(e => $"{e.Key} {e.Value}");

    Task<TestNode> StartAsync(int upstreamPort, string database)
    {
        using var seal = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        (string, string)[] settings =
        [
            ("Journal:Provider", "PostgreSql"), ("Journal:ConnectionString", database),
            ("Journal:SealKeyFile", _keys.WriteSecret("seal.key", seal.ExportPkcs8PrivateKeyPem())),
            ("Registry:KeyFile", _keys.WriteSecret("cluster.key", Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)))),
        ];
        return EchoNode.StartAsync(_clients, _upstreams, upstreamPort, settings: settings);
    }

    async Task RunAsync(TestNode node, int sessions, int message)
    {
        var atOnce = new ParallelOptions { MaxDegreeOfParallelism = AtOnce };
        await Parallel.ForEachAsync(Enumerable.Range(0, sessions), atOnce, async (_, cancel) =>
        {
            await using var client = await TlsClient.ConnectAsync(node.Address("echo"), node.AuthorityFile, _clients.Client("camera-17"));
            // What does not compress.
            var said = RandomNumberGenerator.GetBytes(message);
            if (message > 0)
            {
                await client.WriteAsync(said, cancel);
                await client.ReadExactlyAsync(said, cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(30), cancel);
            }

            await client.ShutdownAsync();
            await TlsClient.ReadToEndAsync(client);
        });
    }

    static Task EndedAsync(string database, int sessions) => Eventually.AssertAsync(async () =>
        Assert.Equal(sessions, await NumberAsync(database, "count(*) from gateway_sessions where closed_at is not null")));

    /// <summary>Sessions' events by their kind.</summary>
    static async Task<SortedDictionary<string, long>> EventsAsync(string database)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(
            "select manifest, count(*) from gateway_journal where manifest like 's.%' group by manifest");
        await using var reader = await command.ExecuteReaderAsync();
        var events = new SortedDictionary<string, long>(StringComparer.Ordinal);
        while (await reader.ReadAsync()) events[reader.GetString(0)] = reader.GetInt64(1);
        return events;
    }

    static async Task<long> NumberAsync(string database, string what)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand($"select {what}");
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }
}

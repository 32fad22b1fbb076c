using Gateway.Actors.Connections;
using Gateway.Actors.Hosting;
using Gateway.Actors.Record;
using Gateway.Actors.Registry;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Gateway.Specs.Hosting;

public sealed class RecordingKeeperSpec : SteppedSystem, IAsyncLifetime
{
    readonly HeldView _cluster = new();
    readonly HeldRegistry _registry = new();
    TestJournal _journal = null!;
    SqlSessionIndex _index = null!;
    volatile int _looks;

    [Fact]
    public async Task What_is_older_than_its_connections_retention_goes_as_an_act_of_the_record_and_what_is_held_stays()
    {
        await AddAsync("old", TimeSpan.FromHours(3));
        await AddAsync("held", TimeSpan.FromHours(4));
        await AddAsync("young", TimeSpan.Zero);
        _registry.Do(SampleRegistry.Of<RecordingHeld>() with { SessionId = "held" });
        Keep(TimeSpan.FromHours(2));

        await AwaitAssertAsync(async () =>
        {
            Pass(RecordingKeeper.Interval);
            Assert.Null(await _index.FindAsync("old", default));
        });

        var expired = Assert.Single(_registry.Acts.OfType<RecordingsExpired>());
        Assert.Equal(("telemetry", "old", "gateway", "retention"), (expired.Connection, Assert.Single(expired.Sessions), expired.Act.Who, expired.Act.Issuer));
        Assert.NotNull(await _index.FindAsync("held", default));
        Assert.NotNull(await _index.FindAsync("young", default));
    }

    [Fact]
    public async Task Nothing_goes_that_cannot_be_recorded_or_has_no_retention()
    {
        await AddAsync("old", TimeSpan.FromDays(3000));
        await AddAsync("for-ever", TimeSpan.FromDays(3000), connection: "kept");
        _registry.Answer = new(RegistryOutcome.Unavailable, 0, "no writer");
        Keep(TimeSpan.FromHours(1));

        // The third look is not begun before the second is over.
        await PassUntilAsync(looks: 3);
        Assert.NotNull(await _index.FindAsync("old", default));

        _registry.Answer = null;
        await AwaitAssertAsync(async () =>
        {
            Pass(RecordingKeeper.Interval);
            Assert.Null(await _index.FindAsync("old", default));
        });
        Assert.NotNull(await _index.FindAsync("for-ever", default));
    }

    [Fact]
    public async Task One_node_of_the_cluster_removes_and_the_others_do_not()
    {
        await AddAsync("old", TimeSpan.FromHours(3));
        _cluster.IsResponsible = false;
        Keep(TimeSpan.FromHours(1));

        await AwaitAssertAsync(() =>
        {
            Pass(RecordingKeeper.Interval);
            Assert.InRange(_cluster.Asked, 3, int.MaxValue);
            return Task.CompletedTask;
        });

        Assert.Equal(0, _looks);
        Assert.NotNull(await _index.FindAsync("old", default));
    }

    public async Task InitializeAsync()
    {
        _journal = await TestJournal.CreateAsync(TestJournal.Sqlite, server: null!);
        _index = new SqlSessionIndex(_journal.Database, TimeProvider.System);
    }

    public async Task DisposeAsync()
    {
        await _index.DisposeAsync();
        await _journal.DisposeAsync();
    }

    Task PassUntilAsync(int looks) => AwaitAssertAsync(() =>
    {
        Pass(RecordingKeeper.Interval);
        Assert.InRange(_looks, looks, int.MaxValue);
        return Task.CompletedTask;
    });

    void Keep(TimeSpan retention)
    {
        var sample = TestProfiles.For(TestProfiles.Tls13);
        ConnectionProfile[] profiles =
            [sample with { Name = "kept" }, sample with { Name = "telemetry", Recording = sample.Recording with { Retention = retention } }];
        Sys.ActorOf(RecordingKeeper.Props(new KeeperParts(
            _cluster, () => Looked(profiles), new ExpiredRecordings(_journal.Database), _registry, _registry, "node1", Time.GetUtcNow, NullLoggerFactory.Instance)));
    }

    ConnectionProfile[] Looked(ConnectionProfile[] profiles)
    {
        _looks++;
        return profiles;
    }

    Task AddAsync(string id, TimeSpan ago, string connection = "telemetry") => _index.AddAsync(
        MemoryArchive.SampleRow(ended: true) with
        {
            SessionId = id,
            Connection = connection,
            StartedAt = UnixMicros.Of(Time.GetUtcNow() - ago) - 1,
            Closing = SampleSession.Closing with { ClosedAt = UnixMicros.Of(Time.GetUtcNow() - ago) },
        },
        sealedKey: [1],
        default);
}

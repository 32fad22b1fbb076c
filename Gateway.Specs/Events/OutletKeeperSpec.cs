using Akka.Actor;
using Gateway.Actors.Hosting;
using Gateway.Actors.Hosting.Events;
using Gateway.Actors.Record;
using Gateway.Actors.Registry;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Gateway.Specs.Events;

[Collection(PostgresSpecs.Name)]
public sealed class OutletKeeperSpec(PostgresServer server) : SteppedSystem
{
    /// <summary>Seconds to pass at a time where the longest back-off may still have to: well below what a turn may take.</summary>
    const int AfterFaults = 5;

    readonly SealKey _key = SealKey.Ephemeral();
    readonly GatewayMetrics _metrics = new();
    readonly ScriptedOutlet _outlet = new();
    readonly OutletMeter _meter = new();
    readonly NodeLog _log = new();

    public static TheoryData<string> Databases => TestJournal.Databases;

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task What_the_journal_holds_is_told_in_its_order_and_never_again_by_who_goes_on_from_there(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        await RecordAsync(journal, "one");
        var first = Keep(journal, batch: 2);
        await TakenAsync(3);
        await journal.PersistAsync(RegistrySeal.PersistenceId, Acts());
        await TakenAsync(5);
        Sys.Stop(first);

        await RecordAsync(journal, "two");
        Keep(journal, batch: 2);
        await TakenAsync(8);

        Assert.Equal(
            [
                "one:1 session-opened", "one:4 operations-denied", "one:6 session-ended", "registry:1 act", "registry:2 act",
                "two:1 session-opened", "two:4 operations-denied", "two:6 session-ended",
            ], _outlet.Taken.Select(e => $"{e.Id} {e.Type}"));
        Assert.Equal("telemetry", _outlet.Taken[2].Session!.Connection);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task What_was_noticed_of_a_session_is_told_between_its_beginning_and_its_end(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        await using var index = new SqlSessionIndex(journal.Database, TimeProvider.System);
        await index.AddAsync(MemoryArchive.SampleRow(ended: false) with { SessionId = "one" }, default);
        var recorder = new SessionRecorder("one");
        await journal.PersistAsync("one",
        [
            recorder.Append(SampleSession.Opened with { SessionId = "one" }),
            recorder.Append(SampleSession.Upstream),
            recorder.Append(SampleSession.Noticed),
            recorder.Seal(SampleSession.Closing, "node1", _key),
        ]);

        Keep(journal, batch: 2);
        await TakenAsync(3);

        Assert.Equal(["one:1 session-opened", "one:3 anomaly", "one:4 session-ended"], _outlet.Taken.Select(e => $"{e.Id} {e.Type}"));
        Assert.Equal(SampleSession.Noticed.Explanation, _outlet.Taken[1].Anomaly!.Explanation);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task An_outlet_that_is_away_is_told_everything_when_it_is_back_and_is_not_asked_all_the_time(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        _outlet.Fault = new OutletException("is away", null, TimeSpan.FromMinutes(10));
        var states = Keep(journal, out _);
        await RecordAsync(journal, "one");
        await AwaitAssertAsync(() =>
        {
            Pass(OutletKeeper.Interval);
            Assert.Equal("is away", Assert.Single(states.Checks).Note);
        }, TimeSpan.FromSeconds(20));
        Assert.True(Assert.Single(states.Checks).Ok);

        for (var i = 0; i < 60; i++) Pass(OutletKeeper.Interval);
        Assert.Equal(1, _outlet.Asked);

        _outlet.Fault = null;
        Pass(TimeSpan.FromMinutes(10));
        await TakenAsync(3);
        await WellAsync(states);
    }

    [Fact]
    public async Task An_outlet_that_asked_for_a_pause_is_left_alone_for_that_long_however_the_clock_is_set()
    {
        await using var journal = await TestJournal.CreateAsync(TestJournal.Sqlite, server);
        _outlet.Fault = new OutletException("is away", null, TimeSpan.FromMinutes(10));
        var clock = new SetClock(Time);
        var states = Keep(journal, out _, time: clock);
        await RecordAsync(journal, "one");
        await AwaitAssertAsync(() =>
        {
            Pass(OutletKeeper.Interval);
            Assert.Equal("is away", Assert.Single(states.Checks).Note);
        }, TimeSpan.FromSeconds(20));

        clock.Ahead = TimeSpan.FromHours(1);
        for (var i = 0; i < 60; i++) Pass(OutletKeeper.Interval);
        Assert.Equal(1, _outlet.Asked);

        clock.Ahead = -TimeSpan.FromHours(1);
        _outlet.Fault = null;
        Pass(TimeSpan.FromMinutes(10));
        await TakenAsync(3);
    }

    [Fact]
    public async Task What_an_outlet_rejects_is_not_told_again_but_counted_and_logged()
    {
        await using var journal = await TestJournal.CreateAsync(TestJournal.Sqlite, server);
        await RecordAsync(journal, "one");
        _outlet.Rejects = 1;

        var states = Keep(journal, out _);

        await TakenAsync(3);
        await AwaitAssertAsync(() => Assert.Equal(
            $"Outlet {_meter.Outlet} rejects 1 of the 3 events from one:1 to one:6, which are not told again",
            Assert.Single(_log.Lines, line => line.Event == 144).Text));
        Assert.Equal((2, 1), (_meter.Count("gateway.events.told"), _meter.Count("gateway.events.failures")));
        for (var i = 0; i < 5; i++) Pass(OutletKeeper.Interval);
        Assert.Equal(1, _outlet.Asked);
        Assert.Null(Assert.Single(states.Checks).Note);
    }

    [RequiresFact("postgres")]
    public async Task An_event_whose_number_was_drawn_before_others_and_is_seen_after_them_is_told()
    {
        await using var journal = await TestJournal.CreateAsync(TestJournal.PostgreSql, server);
        var states = Keep(journal, out _);
        await using (var slow = await journal.Database.OpenAsync(default))
        {
            await using var transaction = await slow.BeginTransactionAsync();
            await using var write = slow.CreateCommand();
            write.CommandText =
                $"""
                insert into {JournalDatabase.JournalTable} (persistence_id, sequence_number, created, deleted, identifier, manifest, message)
                values ('slow', 1, 0, false, 1, 's.opened.3', '\x00')
                """;
            await write.ExecuteNonQueryAsync();
            await RecordAsync(journal, "fast");
            for (var i = 0; i < 5; i++) Pass(OutletKeeper.Interval);
            Assert.Empty(_outlet.Taken);
            await transaction.CommitAsync();
        }

        await TakenAsync(4);
        Assert.Equal("slow:1 record-unreadable", $"{_outlet.Taken[0].Id} {_outlet.Taken[0].Type}");
        Assert.All(states.Checks, check => Assert.Null(check.Note));
    }

    [RequiresFact("postgres")]
    public async Task A_transaction_that_does_not_end_is_told_of_while_events_wait_for_it()
    {
        await using var journal = await TestJournal.CreateAsync(TestJournal.PostgreSql, server);
        var states = Keep(journal, out _);
        await using (var endless = await journal.Database.OpenAsync(default))
        {
            await using var transaction = await endless.BeginTransactionAsync();
            await using var write = endless.CreateCommand();
            write.CommandText = $"lock table {JournalDatabase.JournalTable} in row exclusive mode";
            await write.ExecuteNonQueryAsync();
            await RecordAsync(journal, "one");

            await AwaitAssertAsync(() =>
            {
                Pass(TimeSpan.FromSeconds(20));
                Assert.Equal("a transaction on the journal does not end", Assert.Single(states.Checks).Note);
            }, TimeSpan.FromSeconds(20));
            Assert.True(_meter.Waiting > 60);
            Assert.Equal(0, _outlet.Asked);
        }

        await TakenAsync(3, AfterFaults);
        await WellAsync(states);
        Assert.Equal(0, _meter.Waiting);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Events_wait_the_longer_the_longer_the_journal_cannot_be_read_which_is_said_once(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        var states = Keep(journal, out _);
        await RecordAsync(journal, "one");
        await journal.SqlAsync($"alter table {JournalDatabase.OutletTable} rename to away");
        await AwaitAssertAsync(() =>
        {
            Pass(OutletKeeper.Interval);
            Assert.Equal("the journal cannot be read", Assert.Single(states.Checks).Note);
        }, TimeSpan.FromSeconds(20));

        for (var i = 0; i < 11; i++)
        {
            Pass(TimeSpan.FromMinutes(1));
            await Task.Yield();
        }

        Assert.True(_meter.Waiting > 600);
        await AwaitAssertAsync(() =>
        {
            Pass(OutletBackoff.Longest);
            Assert.True(_meter.Count("gateway.events.failures") > 2);
        }, TimeSpan.FromSeconds(20));
        Assert.True(_meter.Waiting > 600);
        Assert.Single(_log.Lines, line => line.Text.Contains("cannot be read or made now", StringComparison.Ordinal));

        await journal.SqlAsync($"alter table away rename to {JournalDatabase.OutletTable}");
        Pass(OutletBackoff.Longest);
        await TakenAsync(3, AfterFaults);
        await WellAsync(states);
    }

    [Fact]
    public async Task A_journal_that_cannot_be_read_is_logged_though_the_outlet_was_away_before()
    {
        await using var journal = await TestJournal.CreateAsync(TestJournal.Sqlite, server);
        _outlet.Fault = new OutletException("is away");
        var states = Keep(journal, out _);
        await RecordAsync(journal, "one");
        await LoggedAsync(140);

        await journal.SqlAsync($"alter table {JournalDatabase.OutletTable} rename to away");
        await LoggedAsync(142);
        Assert.Equal("the journal cannot be read", Assert.Single(states.Checks).Note);

        await journal.SqlAsync($"alter table away rename to {JournalDatabase.OutletTable}");
        await AwaitAssertAsync(() =>
        {
            Pass(TimeSpan.FromSeconds(AfterFaults));
            Assert.Equal([140, 142, 140], _log.Lines.Select(line => line.Event).Where(number => number is 140 or 142));
        }, TimeSpan.FromSeconds(20));
    }

    protected override void AfterAll()
    {
        _meter.Dispose();
        _metrics.Dispose();
        _key.Dispose();
        base.AfterAll();
    }

    IActorRef Keep(TestJournal journal, int batch)
    {
        Keep(journal, out var actor, batch);
        return actor;
    }

    OutletStates Keep(TestJournal journal, out IActorRef actor, int batch = 100, TimeProvider? time = null)
    {
        var states = new OutletStates([_meter.Outlet], _metrics, time ?? Time);
        actor = Sys.ActorOf(OutletKeeper.Props(new OutletParts(
            new HeldView(), _meter.Outlet, batch, _outlet, new SqlEventFeed(journal.Database), states, time ?? Time, LoggerFactory.Create(l => l.AddProvider(_log)))));
        return states;
    }

    Task LoggedAsync(int number) => AwaitAssertAsync(() =>
    {
        Pass(TimeSpan.FromSeconds(AfterFaults));
        Assert.Single(_log.Lines, line => line.Event == number);
    }, TimeSpan.FromSeconds(20));

    Task TakenAsync(int count, int seconds = 1) => AwaitAssertAsync(() =>
    {
        Pass(TimeSpan.FromSeconds(seconds));
        Assert.Equal(count, _outlet.Taken.Count);
    }, TimeSpan.FromSeconds(20));

    // Time passes: how far an outlet came may not have been written in time, and is written when it is tried again.
    Task WellAsync(OutletStates states) => AwaitAssertAsync(() =>
    {
        Pass(OutletKeeper.Interval);
        Assert.Null(Assert.Single(states.Checks).Note);
    }, TimeSpan.FromSeconds(20));

    List<StoredEvent> Acts()
    {
        var recorder = new RegistryRecorder();
        return [.. SampleRegistry.All.Take(2).Select(e => recorder.Append(e, _key))];
    }

    async Task RecordAsync(TestJournal journal, string id)
    {
        await using var index = new SqlSessionIndex(journal.Database, TimeProvider.System);
        await index.AddAsync(MemoryArchive.SampleRow(ended: false) with { SessionId = id }, default);
        await journal.PersistAsync(id, SampleSession.Recording(_key));
        await index.CloseAsync(id, SampleSession.Closing, default);
    }
}

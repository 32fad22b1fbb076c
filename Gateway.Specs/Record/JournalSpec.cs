using Akka.Actor;
using Akka.Persistence.Query;
using Akka.Persistence.Sql.Query;
using Akka.Streams;
using Akka.Streams.Dsl;
using Gateway.Actors.Record;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Record;

/// <summary>The journal plugin with our settings, tables and serializer on real databases.</summary>
[Collection(PostgresSpecs.Name)]
public sealed class JournalSpec(PostgresServer server)
{
    static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    public static TheoryData<string> Databases => TestJournal.Databases;

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task An_actor_recovers_the_very_bytes_it_persisted(string database)
    {
        using var key = SealKey.Ephemeral();
        await using var journal = await TestJournal.CreateAsync(database, server);
        var recording = SampleSession.Recording(key);
        await journal.PersistAsync(SampleSession.Id, recording);

        using var system = journal.System();
        var recovered = await system.ActorOf(PersistingActor.Props(SampleSession.Id)).Ask<StoredEvent[]>(new Recall(), s_limit);

        Assert.Equal(recording.Select(Shown), recovered.Select(Shown));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task The_database_is_not_asked_for_the_history_of_a_session_that_is_new(string database)
    {
        using var key = SealKey.Ephemeral();
        await using var journal = await TestJournal.CreateAsync(database, server);
        await journal.PersistAsync(SampleSession.Id, SampleSession.Recording(key));

        // There is one all the same, so that it shows who asks.
        using var system = journal.System(isNew: id => id == SampleSession.Id);
        var recovered = await system.ActorOf(PersistingActor.Props(SampleSession.Id)).Ask<StoredEvent[]>(new Recall(), s_limit);

        Assert.Empty(recovered);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task The_read_journal_yields_a_session_in_order(string database)
    {
        using var key = SealKey.Ephemeral();
        await using var journal = await TestJournal.CreateAsync(database, server);
        var recording = SampleSession.Recording(key);
        await journal.PersistAsync(SampleSession.Id, recording);
        using var system = journal.System();
        var reader = system.ReadJournalFor<SqlReadJournal>(JournalConfiguration.ReadJournalPlugin);

        var events = await reader.CurrentEventsByPersistenceId(SampleSession.Id, 0, long.MaxValue)
            .RunWith(Sink.Seq<EventEnvelope>(), system.Materializer());

        Assert.Equal(recording.Select((e, i) => (i + 1L, e.Manifest)), events.Select(e => (e.SequenceNr, ((StoredEvent)e.Event).Manifest)));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task The_columns_hold_the_manifest_the_bytes_and_the_serializer_and_nothing_else_of_us(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        var opened = new SessionRecorder(SampleSession.Id).Append(SampleSession.Opened);

        await journal.PersistAsync(SampleSession.Id, [opened]);

        Assert.Equal(opened.Manifest, await journal.SqlAsync("select manifest from gateway_journal"));
        Assert.Equal(opened.Bytes, await journal.SqlAsync("select message from gateway_journal"));
        Assert.Equal(StoredEventSerializer.Id, Convert.ToInt32(await journal.SqlAsync("select identifier from gateway_journal")));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Preparing_a_prepared_journal_changes_nothing(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        await journal.PersistAsync(SampleSession.Id, [new SessionRecorder(SampleSession.Id).Append(SampleSession.Opened)]);

        await Task.WhenAll(journal.Database.PrepareAsync(CancellationToken.None), journal.Database.PrepareAsync(CancellationToken.None));

        Assert.Equal(1L, await journal.SqlAsync("select count(*) from gateway_journal"));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_journal_that_cannot_write_fails_the_session_that_wrote(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        using var system = journal.System();
        var recorder = new SessionRecorder(SampleSession.Id);
        var actor = system.ActorOf(PersistingActor.Props(SampleSession.Id));
        await actor.Ask<Persisted>(recorder.Append(SampleSession.Opened), s_limit);
        await journal.SqlAsync("drop table gateway_journal");

        var failed = await actor.Ask<Failed>(recorder.Append(SampleSession.Upstream), s_limit);

        Assert.Contains("gateway_journal", failed.Cause.ToString(), StringComparison.Ordinal);
    }

    [RequiresFact("postgres")]
    public async Task On_PostgreSQL_recorded_bytes_are_stored_without_another_try_to_compress_them()
    {
        await using var journal = await TestJournal.CreateAsync(TestJournal.PostgreSql, server);

        var storage = await journal.SqlAsync(
            "select attstorage::text from pg_attribute where attrelid = 'gateway_journal'::regclass and attname = 'message'");

        Assert.Equal("e", storage);
    }

    [Fact]
    public async Task On_SQLite_pages_are_large_and_what_is_acknowledged_survives_a_power_cut()
    {
        await using var journal = await TestJournal.CreateAsync(TestJournal.Sqlite, server);

        Assert.Equal(16384L, await journal.SqlAsync("pragma page_size"));
        Assert.Equal("wal", await journal.SqlAsync("pragma journal_mode"));
        Assert.Equal(2L, await journal.SqlAsync("pragma synchronous"));
    }

    static string Shown(StoredEvent e) => $"{e.Manifest} {Convert.ToHexString(e.Bytes)}";
}

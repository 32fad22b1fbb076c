using System.Data.Common;
using Akka.Actor;
using Gateway.Actors.Record;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Record;

/// <summary>Events take the way of the index into the database, and are the rows that the plugin would have written.</summary>
[Collection(PostgresSpecs.Name)]
public sealed class JournalWriterSpec(PostgresServer server)
{
    /// <summary>Pairs of rows that differ in nothing but their session and a minute at most.</summary>
    const string Rows =
        """
        select count(*) from gateway_journal a join gateway_journal b on a.persistence_id = 'plugin' and b.persistence_id = 'writer'
            and a.sequence_number = b.sequence_number and a.deleted = b.deleted and a.tags = b.tags and a.identifier = b.identifier
            and a.manifest = b.manifest and a.message = b.message and b.created - a.created between 0 and 600000000
        """;

    static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    public static TheoryData<string> Databases => TestJournal.Databases;

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task An_event_is_the_row_that_the_plugin_would_have_written(string database)
    {
        using var key = SealKey.Ephemeral();
        await using var journal = await TestJournal.CreateAsync(database, server);
        var events = SampleSession.Recording(key);

        await PersistAsync(journal, new SessionJournalSetup(static _ => false, writer: null), "plugin", events);
        await PersistAsync(journal, new SessionJournalSetup(static _ => false, journal.Writer), "writer", events);

        Assert.Equal((long)events.Count, await journal.SqlAsync(Rows));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_row_that_breaks_a_rule_fails_alone(string database)
    {
        using var key = SealKey.Ephemeral();
        await using var journal = await TestJournal.CreateAsync(database, server);
        var first = SampleSession.Recording(key)[0];
        await PersistAsync(journal, new SessionJournalSetup(static _ => false, journal.Writer), "s5", [first]);

        // The fifth takes itself to be new, and is not; all of them wait for the same transaction.
        using var system = journal.System(isNew: static _ => true);
        var told = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => system.ActorOf(PersistingActor.Props($"s{i}")).Ask<object>(first, s_limit)));

        for (var i = 0; i < told.Length; i++)
        {
            if (i == 5) Assert.IsAssignableFrom<DbException>(Assert.IsType<Failed>(told[i]).Cause);
            else Assert.IsType<Persisted>(told[i]);
        }

        Assert.Equal(20L, await journal.SqlAsync("select count(*) from gateway_journal"));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task An_actor_that_starts_again_waits_for_what_it_wrote_before(string database)
    {
        using var key = SealKey.Ephemeral();
        await using var journal = await TestJournal.CreateAsync(database, server);
        using var system = journal.System();
        var events = SampleSession.Recording(key);
        var first = system.ActorOf(PersistingActor.Props(SampleSession.Id), "first");
        await first.Ask<Persisted>(events[0], s_limit);

        // What was handed in before it stops is in the journal before the next one is told what is there.
        foreach (var e in events.Skip(1)) first.Tell(e);
        await first.GracefulStop(s_limit);
        var second = system.ActorOf(PersistingActor.Props(SampleSession.Id), "second");
        var recovered = await second.Ask<StoredEvent[]>(new Recall(), s_limit);
        await second.Ask<Persisted>(events[^1], s_limit);

        Assert.Equal(recovered.Length + 1L, await journal.SqlAsync("select count(*) from gateway_journal"));
    }

    static async Task PersistAsync(TestJournal journal, SessionJournalSetup setup, string id, IReadOnlyList<StoredEvent> events)
    {
        using var system = journal.System(setup);
        var actor = system.ActorOf(PersistingActor.Props(id));
        await Task.WhenAll(events.Select(e => actor.Ask<Persisted>(e, s_limit)));
        await system.Terminate();
    }
}

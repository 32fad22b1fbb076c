using Akka.Actor;
using Gateway.Actors.Record;
using Gateway.Actors.Registry;
using Gateway.Actors.Replay;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Gateway.Specs.Registry;

/// <summary>The registry's writer and its followers, over a real journal.</summary>
[Collection(PostgresSpecs.Name)]
public sealed class RegistryActorSpec(PostgresServer server) : IAsyncDisposable
{
    static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    readonly SealKey _key = SealKey.Ephemeral();

    public static TheoryData<string> Databases => TestJournal.Databases;

    SealPublicKeys Keys => SealPublicKeys.FromPem(_key.PublicPem);

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task What_was_done_is_in_the_journal_for_every_reader_and_for_the_next_writer(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        using (var system = journal.System())
        {
            var writer = Start(system);
            Assert.Equal(RegistryOutcome.Done, (await AskAsync(writer, "a", SampleRegistry.Of<ConnectionPut>())).Outcome);
            Assert.Equal(RegistryOutcome.Unchanged, (await AskAsync(writer, "b", SampleRegistry.Of<ConnectionPut>())).Outcome);
            Assert.Equal(2, (await AskAsync(writer, "c", SampleRegistry.Of<Revoked>())).Revision);
            await system.Terminate();
        }

        using (var system = journal.System())
        {
            Assert.Equal(4, (await AskAsync(Start(system), "d", SampleRegistry.Of<AccessGranted>(), SampleRegistry.Of<SecretPut>())).Revision);
            await system.Terminate();
        }

        var follower = new RegistryFollower(journal.Database, Keys);
        await follower.ReadAsync(CancellationToken.None);

        Assert.Null(follower.Problem);
        Assert.Equal((4, 1), (follower.Current.Revision, follower.Current.ConnectionsRevision));
        Assert.Equal(SampleRegistry.Of<ConnectionPut>().Document, follower.Current.Connections["telemetry"].Document);
        Assert.Equal("münchen-42", Assert.Single(follower.Current.Grants).Value.Subject);
        Assert.Equal("lost laptop", Assert.Single(follower.Current.Revocations).Value.Reason);
    }

    [Fact]
    public async Task Acts_whose_answer_was_lost_are_done_once_though_they_are_asked_for_again_of_the_next_writer()
    {
        await using var journal = await TestJournal.CreateAsync(TestJournal.Sqlite, server);
        var act = SampleRegistry.Of<ActRecorded>();
        using (var system = journal.System())
        {
            Assert.Equal(1, (await AskAsync(Start(system), "same", act)).Revision);
            await system.Terminate();
        }

        using var next = journal.System();
        var writer = Start(next);

        Assert.Equal(1, (await AskAsync(writer, "same", act)).Revision);
        Assert.Equal(2, (await AskAsync(writer, "another", act)).Revision);
    }

    [Fact]
    public async Task Several_acts_are_done_all_or_none()
    {
        await using var journal = await TestJournal.CreateAsync(TestJournal.Sqlite, server);
        using var system = journal.System();
        var writer = Start(system);

        var refused = await AskAsync(writer, "a", SampleRegistry.Of<ConnectionPut>(), SampleRegistry.Of<SecretRemoved>());

        Assert.Equal((RegistryOutcome.NotFound, 0), (refused.Outcome, refused.Revision));
        Assert.Contains("no secret broker", refused.Detail, StringComparison.Ordinal);
        Assert.Equal(0L, Convert.ToInt64(await journal.SqlAsync("select count(*) from gateway_journal"), null));
    }

    [Fact]
    public async Task What_was_decided_on_connections_that_changed_since_is_refused()
    {
        await using var journal = await TestJournal.CreateAsync(TestJournal.Sqlite, server);
        using var system = journal.System();
        var writer = Start(system);
        var put = SampleRegistry.Of<ConnectionPut>();

        Assert.Equal(RegistryOutcome.Done, (await AskAsync(writer, "a", 0, put)).Outcome);
        Assert.Equal(RegistryOutcome.Outdated, (await AskAsync(writer, "b", 0, put with { Name = "other" })).Outcome);
        Assert.Equal(RegistryOutcome.Done, (await AskAsync(writer, "c", 1, put with { Name = "other" })).Outcome);
    }

    [Fact]
    public async Task Two_writers_at_once_cannot_both_write()
    {
        await using var journal = await TestJournal.CreateAsync(TestJournal.Sqlite, server);
        using var one = journal.System();
        using var other = journal.System();
        var (first, second) = (Start(one), Start(other));
        Assert.Equal(RegistryOutcome.NotFound, (await AskAsync(second, "x", SampleRegistry.Of<SecretRemoved>())).Outcome);
        Assert.Equal(1, (await AskAsync(first, "a", SampleRegistry.Of<Revoked>())).Revision);

        // It began with an empty registry and does not know of the other's act: the journal refuses its number, and it starts anew.
        var decided = await AskAsync(second, "b", SampleRegistry.Of<SecretPut>());

        Assert.Equal((RegistryOutcome.Done, 2), (decided.Outcome, decided.Revision));
    }

    [Theory]
    [InlineData("update gateway_journal set message = cast(replace(message, 'lost', 'sold') as blob) where sequence_number = 2", "does not continue the chain")]
    [InlineData("delete from gateway_journal where sequence_number = 1", "Event 1 of the registry is missing")]
    [InlineData("update gateway_journal set identifier = 4 where sequence_number = 2", "not written by a gateway")]
    public async Task A_record_that_somebody_altered_is_not_followed_and_what_was_known_stays(string tampering, string problem)
    {
        await using var journal = await TestJournal.CreateAsync(TestJournal.Sqlite, server);
        using var system = journal.System();
        var writer = Start(system);
        await AskAsync(writer, "a", SampleRegistry.Of<ConnectionPut>());
        await AskAsync(writer, "b", SampleRegistry.Of<Revoked>());
        await journal.SqlAsync(tampering);
        var follower = new RegistryFollower(journal.Database, Keys);

        var refused = await Assert.ThrowsAsync<InvalidDataException>(() => follower.ReadAsync(CancellationToken.None));

        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
        Assert.Equal(refused.Message, follower.Problem);
        Assert.Same(RegistrySnapshot.Empty, follower.Current);
    }

    [Fact]
    public async Task What_another_key_signed_is_not_followed_unless_it_is_a_former_one()
    {
        await using var journal = await TestJournal.CreateAsync(TestJournal.Sqlite, server);
        using var system = journal.System();
        await AskAsync(Start(system), "a", SampleRegistry.Of<AccessGranted>());
        using var strange = SealKey.Ephemeral();

        var follower = new RegistryFollower(journal.Database, SealPublicKeys.FromPem(strange.PublicPem));
        var refused = await Assert.ThrowsAsync<InvalidDataException>(() => follower.ReadAsync(CancellationToken.None));
        Assert.Contains("signed by an unknown key", refused.Message, StringComparison.Ordinal);
        Assert.Empty(follower.Current.Grants);

        var trusting = new RegistryFollower(journal.Database, SealPublicKeys.FromPem(strange.PublicPem + "\n" + _key.PublicPem));
        await trusting.ReadAsync(CancellationToken.None);
        Assert.Single(trusting.Current.Grants);
    }

    [Fact]
    public async Task A_subscriber_hears_of_each_change_until_it_ends_its_subscription()
    {
        await using var journal = await TestJournal.CreateAsync(TestJournal.Sqlite, server);
        using var system = journal.System();
        var writer = Start(system);
        var follower = new RegistryFollower(journal.Database, Keys);
        var heard = new List<long>();
        var subscription = follower.Subscribe(snapshot => heard.Add(snapshot.Revision));

        await AskAsync(writer, "a", SampleRegistry.Of<Revoked>());
        var reached = follower.ReachedAsync(1, CancellationToken.None);
        Assert.False(reached.IsCompleted);
        await follower.ReadAsync(CancellationToken.None);
        await reached.WaitAsync(s_limit);
        subscription.Dispose();
        await AskAsync(writer, "b", SampleRegistry.Of<SecretPut>());
        await follower.ReadAsync(CancellationToken.None);

        Assert.Equal([1L], heard);
    }

    public ValueTask DisposeAsync()
    {
        _key.Dispose();
        return ValueTask.CompletedTask;
    }

    IActorRef Start(ActorSystem system) => system.ActorOf(RegistryActor.Props(new RegistryWriter
    {
        SealKey = _key,
        Keys = Keys,
        Advanced = _ => { },
        Logging = NullLoggerFactory.Instance,
    }));

    static Task<ActsDecided> AskAsync(IActorRef writer, string id, params RegistryEvent[] acts) => AskAsync(writer, id, null, acts);

    static async Task<ActsDecided> AskAsync(IActorRef writer, string id, long? basis, params RegistryEvent[] acts)
    {
        using var limit = new CancellationTokenSource(s_limit);
        while (true)
        {
            try
            {
                return await writer.Ask<ActsDecided>(Proposal(id, basis, acts), TimeSpan.FromSeconds(2), limit.Token);
            }
            catch (AskTimeoutException)
            {
                // As its senders do: a writer that starts anew loses what it was asked.
            }
        }
    }

    static ProposeActs Proposal(string id, long? basis, params RegistryEvent[] acts) =>
        ProposeActs.Of([.. acts.Select(e => e with { Act = SampleRegistry.ActOf(id) })], basis)!;
}

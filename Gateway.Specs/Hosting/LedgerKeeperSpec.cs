using Gateway.Actors.Hosting;
using Gateway.Actors.Record;
using Gateway.Actors.Replay;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Gateway.Specs.Hosting;

/// <summary>The ledger of ended sessions: whoever takes a session, or an entry, out of the database is found out.</summary>
[Collection(PostgresSpecs.Name)]
public sealed class LedgerKeeperSpec(PostgresServer server) : SteppedSystem
{
    readonly SealKey _key = SealKey.Ephemeral();

    public static TheoryData<string> Databases => TestJournal.Databases;

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Every_session_that_ended_is_entered_once_and_the_ledger_verifies(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        await EndAsync(journal, "one", "two", "three");
        Keep(journal);

        var found = await EnteredAsync(journal, 3);
        await EndAsync(journal, "four");
        var later = await EnteredAsync(journal, 4, seen: new SeenHead(found.Size, found.Root));

        Assert.Empty(later.Faults);
        var audit = new LedgerAudit(new SqlLedger(journal.Database), Keys());
        var proof = (await audit.ProveAsync("two", default))!;
        Assert.True(MerkleTree.IsIncluded(MerkleTree.Leaf(LedgerPage.BytesOf(proof.Entry)), proof.Index, proof.Head.Size, proof.Path, later.Root.Span));
        Assert.Null(await audit.ProveAsync("nobody", default));
        Assert.Equal(0L, Convert.ToInt64(await journal.SqlAsync($"select count(*) from {JournalDatabase.LedgerDueTable}"), null));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_session_that_is_gone_or_ends_otherwise_is_named_and_one_that_expired_is_not(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        await EndAsync(journal, "gone", "cut", "sound", "expired");
        Keep(journal);
        await EnteredAsync(journal, 4);

        await journal.SqlAsync($"delete from {JournalDatabase.JournalTable} where persistence_id in ('gone', 'expired')");
        await journal.SqlAsync($"delete from {JournalDatabase.JournalTable} where persistence_id = 'cut' and manifest = 's.sealed.1'");

        var found = await VerifyAsync(journal, null, "expired");
        Assert.Equal(["session cut ends otherwise than when it was entered", "session gone is missing"], found.Faults.Order());
        Assert.Equal(1, found.Expired);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_refused_connection_is_entered_with_its_event_and_without_one_only_when_there_will_be_none(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        await using var index = new SqlSessionIndex(journal.Database, TimeProvider.System);
        var closing = SampleSession.Closing with { ClosedAt = UnixMicros.Of(Time.GetUtcNow()) };
        foreach (var id in new[] { "slow", "lost" })
            await index.AddAsync(MemoryArchive.SampleRow(ended: true) with { SessionId = id, Closing = closing }, default);
        Keep(journal);
        await EndAsync(journal, "other");
        await EnteredAsync(journal, 1);

        await journal.PersistAsync("slow", [new SessionRecorder("slow").Append(SampleSession.Refused with { SessionId = "slow" })]);

        Assert.Empty((await EnteredAsync(journal, 2)).Faults);
        Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(["session lost was gone when it was entered"], (await EnteredAsync(journal, 3)).Faults);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_refused_connection_whose_event_is_under_way_waits_for_it_also_where_a_clock_is_set_forward(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        await using var index = new SqlSessionIndex(journal.Database, TimeProvider.System);
        var closing = SampleSession.Closing with { ClosedAt = UnixMicros.Of(Time.GetUtcNow()) };
        await index.AddAsync(MemoryArchive.SampleRow(ended: true) with { SessionId = "slow", Closing = closing }, default);
        Keep(journal, new SetClock(Time) { Ahead = TimeSpan.FromMinutes(10) });
        await EndAsync(journal, "other");
        await EnteredAsync(journal, 1);

        await journal.PersistAsync("slow", [new SessionRecorder("slow").Append(SampleSession.Refused with { SessionId = "slow" })]);

        Assert.Empty((await EnteredAsync(journal, 2)).Faults);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task An_entry_that_was_taken_out_is_found_by_who_saw_the_ledger_before_and_by_signature_otherwise(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        Keep(journal);
        await EndAsync(journal, "one", "two");
        var seen = await EnteredAsync(journal, 2);
        await EndAsync(journal, "three");
        await EnteredAsync(journal, 3);

        // The newest page is cut off: only who saw it knows.
        await journal.SqlAsync($"delete from {JournalDatabase.LedgerTable} where number = (select max(number) from {JournalDatabase.LedgerTable})");
        Assert.Empty((await VerifyAsync(journal, new SeenHead(seen.Size, seen.Root))).Faults);
        Assert.Contains("were seen earlier", Assert.Single((await VerifyAsync(journal, new SeenHead(3, seen.Root))).Faults), StringComparison.Ordinal);

        // All of it is made anew, without a session, by somebody with another key.
        using var other = SealKey.Ephemeral();
        var forged = LedgerPage.Append(
            new MerkleFrontier(), [new LedgerEntry("two", 7, (await new SqlLedger(journal.Database).LastChainsAsync(["two"], default))["two"])], 9, other.Id, other.Sign);
        await journal.SqlAsync($"delete from {JournalDatabase.LedgerTable}");
        await new SqlLedger(journal.Database).AppendAsync(1, forged, default);
        Assert.Contains("signed by key", Assert.Single((await VerifyAsync(journal, null)).Faults), StringComparison.Ordinal);
    }

    protected override void AfterAll()
    {
        _key.Dispose();
        base.AfterAll();
    }

    void Keep(TestJournal journal, TimeProvider? time = null) => Sys.ActorOf(LedgerKeeper.Props(new LedgerParts(
        new HeldView(), new SqlLedger(journal.Database), _key, time ?? Time, NullLoggerFactory.Instance)));

    SealPublicKeys Keys() => SealPublicKeys.FromPem(_key.PublicPem);

    Task<LedgerFinding> VerifyAsync(TestJournal journal, SeenHead? seen, params string[] expired) =>
        new LedgerAudit(new SqlLedger(journal.Database), Keys()).VerifyAsync(expired.ToHashSet(), seen, default);

    async Task<LedgerFinding> EnteredAsync(TestJournal journal, long size, SeenHead? seen = null)
    {
        LedgerFinding? found = null;
        await AwaitAssertAsync(async () =>
        {
            Pass(LedgerKeeper.Interval);
            found = await VerifyAsync(journal, seen);
            Assert.Equal(size, found.Size);
        }, TimeSpan.FromSeconds(20));
        return found!;
    }

    async Task EndAsync(TestJournal journal, params string[] ids)
    {
        await using var index = new SqlSessionIndex(journal.Database, TimeProvider.System);
        foreach (var id in ids)
        {
            await index.AddAsync(MemoryArchive.SampleRow(ended: false) with { SessionId = id }, default);
            await journal.PersistAsync(id, SampleSession.Recording(_key));
            await index.CloseAsync(id, SampleSession.Closing, default);
            await index.CloseAsync(id, SampleSession.Closing, default);
        }
    }
}

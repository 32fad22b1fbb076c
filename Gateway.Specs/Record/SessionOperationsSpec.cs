using Gateway.Actors.Record;
using Gateway.Actors.Replay;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Record;

/// <summary>The part of the index that tells what sessions did.</summary>
[Collection(PostgresSpecs.Name)]
public sealed class SessionOperationsSpec(PostgresServer server)
{
    static readonly SessionOperations s_nothingMore = new([], IsWhole: true);

    public static TheoryData<string> Databases => TestJournal.Databases;

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Sessions_are_found_by_what_they_did_or_were_denied_together_with_any_other_filter(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        await using var index = new SqlSessionIndex(journal.Database, TimeProvider.System);
        foreach (var (id, started) in new[] { ("a", 1L), ("b", 2L), ("c", 3L) }) await index.AddAsync(Row(id) with { StartedAt = started }, default);
        await index.AddOperationsAsync("a", [Did("publish", "plant/1"), Did("subscribe", "plant/#")], default);
        await index.AddOperationsAsync("b", [Did("publish", "plant/2"), Did("publish", "plant/1") with { IsDenied = true }], default);
        await index.CloseAsync("c", SampleSession.Closing, new SessionOperations([Did("subscribe", "plant/1")], IsWhole: true), default);

        Assert.Equal("cba", await Ids(new OperationQuestion(null, "plant/1")));
        Assert.Equal("ba", await Ids(new OperationQuestion("publish", "plant/1")));
        Assert.Equal("ca", await Ids(new OperationQuestion("subscribe", null)));
        Assert.Equal("", await Ids(new OperationQuestion("publish", "plant")));
        Assert.Equal("a", await Ids(new OperationQuestion("publish", "plant/1"), new SessionFilter { Before = 2 }));
        Assert.Equal("b", await Ids(new OperationQuestion("publish", null), new SessionFilter { Most = 1 }));

        async Task<string> Ids(OperationQuestion did, SessionFilter? filter = null) =>
            string.Concat((await index.ListAsync((filter ?? new SessionFilter()) with { Did = did }, default)).Select(row => row.SessionId));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_session_of_which_not_all_is_known_is_told_apart_from_one_that_did_not(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        await using var index = new SqlSessionIndex(journal.Database, TimeProvider.System);
        foreach (var id in new[] { "whole", "lost", "runs", "former", "did" }) await index.AddAsync(Row(id), default);
        await index.AddAsync(Row("raw") with { Protocol = "tls" }, default);
        await index.AddAsync(Row("refused") with { Closing = SampleSession.Closing with { ClosedAt = Row("refused").StartedAt } }, default);
        await index.AddOperationsAsync("did", [Did("publish", "x")], default);
        await index.CloseAsync("whole", SampleSession.Closing, s_nothingMore, default);
        foreach (var id in new[] { "lost", "did", "raw" }) await index.CloseAsync(id, SampleSession.Closing, SessionOperations.Unknown, default);
        // Closed by a node of an earlier version, which knows nothing of operations.
        await journal.SqlAsync("update gateway_sessions set closed_at = 99, ending = 1, refusal = 0, to_upstream_bytes = 0, to_client_bytes = 0 where session_id = 'former'");

        Assert.Equal(["former", "lost"], await Ids(new OperationQuestion("publish", "x", Perhaps: true)));
        Assert.Equal(["did", "former", "lost"], await Ids(new OperationQuestion(null, "y", Perhaps: true)));
        Assert.Empty(await Ids(new OperationQuestion("produce", "x", Perhaps: true)));
        Assert.Equal(["did"], await Ids(new OperationQuestion("publish", "x")));
        // What a node closed once is not closed otherwise by who tries again.
        await index.CloseAsync("whole", SampleSession.Closing, SessionOperations.Unknown, default);
        Assert.DoesNotContain("whole", await Ids(new OperationQuestion("publish", "x", Perhaps: true)));

        async Task<IEnumerable<string>> Ids(OperationQuestion did) =>
            (await index.ListAsync(new SessionFilter { Did = did }, default)).Select(row => row.SessionId).Order(StringComparer.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task What_a_session_did_is_read_in_the_order_of_its_first_times_whatever_its_client_wrote(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        await using var index = new SqlSessionIndex(journal.Database, TimeProvider.System);
        var archive = new SqlSessionArchive(journal.Database, clusterKey: null);
        await index.AddAsync(Row("s1"), default);
        await index.AddOperationsAsync("s1", [Did("publish", "second", 2), Did("publish", "first'; drop table gateway_sessions; --", 1)], default);
        await index.AddOperationsAsync("s1", [Did("publish", "second", 9), Did("publish", "nul\0" + new string('x', 600), 3)], default);
        await index.AddOperationsAsync("s1", [.. Enumerable.Range(0, 250).Select(i => Did("subscribe", $"many/{i}", 4))], default);

        var running = await archive.OperationsAsync("s1", default);
        await index.CloseAsync("s1", SampleSession.Closing, new SessionOperations([Did("publish", "last", 7)], IsWhole: true), default);
        var ended = await archive.OperationsAsync("s1", default);

        Assert.True(running.IsWhole);
        Assert.Equal(253, running.All.Count);
        Assert.Equal(
            ["first'; drop table gateway_sessions; --", "second", "nul\uFFFD" + new string('x', 508)], running.All.Take(3).Select(one => one.Resource));
        Assert.Equal(2, running.All[1].FirstAt);
        Assert.Equal((254, "last", true), (ended.All.Count, ended.All[^1].Resource, ended.IsWhole));
        Assert.False((await archive.OperationsAsync("nobody", default)).IsWhole);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task With_a_recording_goes_what_it_did_when_it_is_erased_and_when_its_time_is_over(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        await using var index = new SqlSessionIndex(journal.Database, TimeProvider.System);
        foreach (var id in new[] { "erased", "expired", "stays" })
        {
            await index.AddAsync(Row(id), sealedKey: [1], default);
            await index.CloseAsync(id, SampleSession.Closing, new SessionOperations([Did("publish", "patients/jane-doe")], IsWhole: true), default);
        }

        await new RecordingKeys(journal.Database).DestroyAsync("erased", 9, default);
        await new ExpiredRecordings(journal.Database).RemoveAsync("expired", default);

        Assert.Equal("stays", await journal.SqlAsync("select max(session_id) from gateway_session_operations where resource = 'patients/jane-doe'"));
        Assert.Equal(1L, await journal.SqlAsync("select count(*) from gateway_session_operations"));
        var perhaps = await index.ListAsync(new SessionFilter { Did = new OperationQuestion("publish", "x", Perhaps: true) }, default);
        Assert.Equal("erased", Assert.Single(perhaps).SessionId);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_copy_that_only_earlier_versions_wrote_knows_of_no_session_what_it_did_and_says_so(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        await using (var index = new SqlSessionIndex(journal.Database, TimeProvider.System)) await index.AddAsync(Row("s1"), default);
        await journal.SqlAsync("drop table gateway_session_operations");
        await journal.SqlAsync("alter table gateway_sessions drop column operations");
        var archive = new SqlSessionArchive(JournalConnectionString.Parse(journal.ConnectionString), clusterKey: null);

        Assert.Empty(await archive.ListAsync(new SessionFilter { Did = new OperationQuestion("publish", "x") }, default));
        Assert.Single(await archive.ListAsync(new SessionFilter { Did = new OperationQuestion("publish", "x", Perhaps: true) }, default));
        Assert.Empty(await archive.ListAsync(new SessionFilter { Did = new OperationQuestion("produce", "x", Perhaps: true) }, default));
        Assert.Equal(SessionOperations.Unknown, await archive.OperationsAsync("s1", default));
    }

    static IndexedOperation Did(string operation, string resource, long at = 1) => new(operation, resource, false, at);

    static SessionRow Row(string id) => MemoryArchive.SampleRow(ended: false) with { SessionId = id, StartedAt = 5 };
}
